// SPDX-License-Identifier: Apache-2.0

interface GrpcCodes {
  readonly ok: 0;
  readonly canceled: 1;
  readonly unknown: 2;
  readonly invalidArgument: 3;
  readonly notFound: 5;
  readonly alreadyExists: 6;
  readonly permissionDenied: 7;
  readonly resourceExhausted: 8;
  readonly failedPrecondition: 9;
  readonly outOfRange: 11;
  readonly unimplemented: 12;
  readonly internal: 13;
  readonly unavailable: 14;
  readonly unauthenticated: 16;
}

/** gRPC's status codes, of which a client makes some up by itself. */
export const grpcCode: GrpcCodes = {
  ok: 0,
  canceled: 1,
  unknown: 2,
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
};
