// SPDX-License-Identifier: Apache-2.0
import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";

/** Numbers from 0 to `below`, the same ones for the same seed. */
export type Random = (below: number) => number;

export function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A message with about half of its fields set, some to what is empty, and messages in messages down to `depth`. */
export function randomMessage<D extends DescMessage>(desc: D, random: Random, depth = 4): MessageShape<D> {
  const message = reflect(desc, create(desc));
  for (const field of desc.fields) {
    if (random(2) === 0) continue;
    const isMany = field.fieldKind === "list" || field.fieldKind === "map";
    for (let count = isMany ? random(4) : 1; count > 0; count--) {
      const value = randomValue(field, random, depth);
      if (value === undefined) continue;
      if (field.fieldKind === "list") message.get(field).add(value);
      else if (field.fieldKind === "map") message.get(field).set(randomText(random), value);
      else message.set(field, value as never);
    }
  }
  return message.message as MessageShape<D>;
}

function randomValue(field: DescField, random: Random, depth: number): unknown {
  if (field.message)
    return depth > 0 ? reflect(field.message, randomMessage(field.message, random, depth - 1)) : undefined;
  return field.enum ? randomEnum(field.enum, random) : randomScalar(field.scalar, random);
}

function randomEnum({ values }: DescEnum, random: Random): number {
  return values[random(values.length)]?.number ?? 0;
}

/** For the kinds of scalars that the daemon's messages have. */
function randomScalar(type: ScalarType | undefined, random: Random): unknown {
  if (type === ScalarType.STRING) return randomText(random);
  if (type === ScalarType.BYTES) return Uint8Array.from({ length: random(20) }, () => random(256));
  if (type === ScalarType.BOOL) return random(2) === 1;
  if (type === ScalarType.INT32) return random(2 ** 32) | 0;
  if (type === ScalarType.INT64) return BigInt.asIntN(64, random64(random));
  if (type === ScalarType.UINT64) return random64(random);
  throw new Error(`No value for a scalar of type ${type}`);
}

function random64(random: Random): bigint {
  return (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32));
}

function randomText(random: Random): string {
  return ["", "a", "containerimage.digest", "ü €", "😀", "\0\n", "x".repeat(200)][random(7)] ?? "";
}
