// SPDX-License-Identifier: Apache-2.0
// facts.json is the daemon's interface as recorded from BuildKit: whatever the .proto files say,
// the generated code must have exactly these messages, fields, enum values and calls.

import { readdir } from "node:fs/promises";
import {
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescMethod,
  type DescService,
  ScalarType,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import facts from "./facts.json" with { type: "json" };
import { generatedFiles } from "./generated-files.js";

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

function scalarName(type: ScalarType): string {
  return (ScalarType[type] ?? `scalar ${type}`).toLowerCase();
}

function fieldType(field: DescField): string {
  const item = field.message?.typeName ?? field.enum?.typeName ?? (field.scalar && scalarName(field.scalar));
  if (field.fieldKind === "map") return `map<${scalarName(field.mapKey)}, ${item}>`;
  return field.fieldKind === "list" ? `repeated ${item}` : `${item}`;
}

function describeField(field: DescField): string {
  const oneof = field.oneof ? `oneof ${field.oneof.name}: ` : "";
  const explicit = field.presence === FeatureSet_FieldPresence.EXPLICIT && !field.message && !field.oneof;
  return `${oneof}${explicit ? "optional " : ""}${fieldType(field)} ${field.jsonName}`;
}

function describeMessage(message: DescMessage): Record<string, string> {
  return Object.fromEntries(message.fields.map((field) => [field.number, describeField(field)]));
}

function describeEnum(desc: DescEnum): Record<string, string> {
  return Object.fromEntries(desc.values.map((value) => [value.number, value.name]));
}

function describeMethod(method: DescMethod): string {
  const input = method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
  const output = method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming";
  return `${input ? "stream " : ""}${method.input.typeName} -> ${output ? "stream " : ""}${method.output.typeName}`;
}

function describeService(service: DescService): Record<string, string> {
  return Object.fromEntries(service.methods.map((method) => [method.name, describeMethod(method)]));
}

function describeFiles(files: readonly DescFile[]): { messages: Table; enums: Table; services: Table } {
  const types = files.flatMap((file) => [...nestedTypes(file)]);
  const table = <K extends DescMessage | DescEnum | DescService>(
    kind: K["kind"],
    describe: (desc: K) => Record<string, string>,
  ): Table =>
    Object.fromEntries(
      types
        .filter((type): type is typeof type & K => type.kind === kind)
        .map((type) => [type.typeName, describe(type)]),
    );
  return {
    messages: table("message", describeMessage),
    enums: table("enum", describeEnum),
    services: table("service", describeService),
  };
}

/** The facts name a field as Go's .proto does; its JSON name follows. A oneof's name is not on the wire: ours are lower case. */
function withJsonName(fact: string): string {
  const [, oneof = "", type, name = ""] = /^(oneof \w+: )?(.+) (\w+)$/.exec(fact) ?? [];
  return `${oneof.toLowerCase()}${type} ${name.replace(/_+(.?)/g, (_, next: string) => next.toUpperCase())}`;
}

function withJsonNames(messages: Table): Table {
  return Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      Object.fromEntries(Object.entries(fields).map(([number, fact]) => [number, withJsonName(fact)])),
    ]),
  );
}

const generated = describeFiles(generatedFiles);

test("messages have the daemon's field numbers, types, labels and JSON names", () => {
  expect(generated.messages).toEqual(withJsonNames(facts.messages));
});

test("enums have the daemon's values", () => {
  expect(generated.enums).toEqual(facts.enums);
});

test("services have the daemon's methods and streams", () => {
  expect(generated.services).toEqual(facts.services);
});

test("every generated file is reachable through a subpath", async () => {
  const dir = new URL("../src/gen", import.meta.url);
  const names = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith("_pb.ts"));
  expect(generatedFiles.map((file) => `${file.name}_pb.ts`)).toEqual(names.sort());
});
