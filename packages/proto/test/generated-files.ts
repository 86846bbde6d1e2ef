// SPDX-License-Identifier: Apache-2.0

import { file_moby_buildkit_v1_apicaps_apicaps } from "@bk/proto/apicaps";
import { file_containerd_services_content_v1_content } from "@bk/proto/content";
import { file_moby_buildkit_v1_control } from "@bk/proto/control";
import { file_errdefs_errdefs } from "@bk/proto/errdefs";
import { file_moby_exporter_v1_exporter } from "@bk/proto/exporter";
import { file_moby_filesync_v1_auth, file_moby_filesync_v1_filesync } from "@bk/proto/filesync";
import { file_fsutil_types_packet, file_fsutil_types_stat } from "@bk/proto/fsutil";
import { file_moby_buildkit_v1_frontend_gateway } from "@bk/proto/gateway";
import { file_grpc_health_v1_health } from "@bk/proto/health";
import { file_pb_ops } from "@bk/proto/pb";
import { file_moby_buildkit_v1_sourcepolicy_policysession_policysession } from "@bk/proto/policysession";
import { file_google_rpc_status } from "@bk/proto/rpc";
import { file_moby_buildkit_secrets_v1_secrets } from "@bk/proto/secrets";
import { file_moby_buildkit_v1_sourcepolicy_policy } from "@bk/proto/sourcepolicy";
import { file_moby_sshforward_v1_ssh } from "@bk/proto/sshforward";
import { file_stack_stack } from "@bk/proto/stack";
import { file_moby_buildkit_v1_types_worker } from "@bk/proto/types";
import { file_moby_upload_v1_upload } from "@bk/proto/upload";
import type { DescFile } from "@bufbuild/protobuf";

/** What the package's subpaths give access to, file by file. */
export const generatedFiles: readonly DescFile[] = [
  file_containerd_services_content_v1_content,
  file_errdefs_errdefs,
  file_fsutil_types_packet,
  file_fsutil_types_stat,
  file_google_rpc_status,
  file_grpc_health_v1_health,
  file_moby_buildkit_secrets_v1_secrets,
  file_moby_buildkit_v1_apicaps_apicaps,
  file_moby_buildkit_v1_control,
  file_moby_buildkit_v1_frontend_gateway,
  file_moby_buildkit_v1_sourcepolicy_policy,
  file_moby_buildkit_v1_sourcepolicy_policysession_policysession,
  file_moby_buildkit_v1_types_worker,
  file_moby_exporter_v1_exporter,
  file_moby_filesync_v1_auth,
  file_moby_filesync_v1_filesync,
  file_moby_sshforward_v1_ssh,
  file_moby_upload_v1_upload,
  file_pb_ops,
  file_stack_stack,
];
