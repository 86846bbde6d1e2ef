// SPDX-License-Identifier: Apache-2.0

export const PACKET_TYPE = { stat: 0, req: 1, data: 2, fin: 3, err: 4 } as const;
