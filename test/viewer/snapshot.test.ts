import test from "ava";
import {
  readSnapshot,
  type SnapshotHeader,
  snapshotBytes,
  writeSnapshot,
} from "../../src/viewer/snapshot.js";

const HEADER: SnapshotHeader = {
  eventId: "1",
  timestampSeconds: 0,
  dtype: "float32",
  shape: [2, 2],
  unit: "photons",
  incomplete: false,
  wrongConstants: false,
  hasRaw: true,
};

test("a calibrated frame, its raw words and its status come out as they went in, also from a used buffer", (t) => {
  const buffer = new ArrayBuffer(snapshotBytes(4));
  new Uint8Array(buffer).fill(0xaa);
  const data = Float32Array.of(1.5, Number.NaN, -3, 4);
  const status = Uint8Array.of(0, 3, 0, 0);
  const raw = Uint16Array.of(1, 2, 0xffff, 4);
  writeSnapshot(buffer, { dtype: "float32", shape: [2, 2], data, status }, raw);
  const snapshot = readSnapshot(buffer, HEADER);
  t.deepEqual(snapshot.data, data);
  t.deepEqual(snapshot.raw, raw);
  t.deepEqual(snapshot.status, status);
});

test("a frame without status is all good, and one without raw words has none", (t) => {
  const buffer = new ArrayBuffer(snapshotBytes(4));
  new Uint8Array(buffer).fill(0xaa);
  const data = Int32Array.of(1, -2, 3, 4);
  writeSnapshot(buffer, { dtype: "int32", shape: [2, 2], data }, undefined);
  const snapshot = readSnapshot(buffer, { ...HEADER, dtype: "int32", hasRaw: false });
  t.deepEqual(snapshot.data, data);
  t.deepEqual([...snapshot.status], [0, 0, 0, 0]);
  t.is(snapshot.raw, undefined);
});

test("a raw frame's words are its data", (t) => {
  const buffer = new ArrayBuffer(snapshotBytes(2));
  const data = Uint16Array.of(7, 0xc000);
  writeSnapshot(buffer, { dtype: "uint16", shape: [1, 2], data }, undefined);
  const snapshot = readSnapshot(buffer, { ...HEADER, dtype: "uint16", shape: [1, 2], hasRaw: false });
  t.deepEqual(snapshot.data, data);
  t.is(snapshot.raw, snapshot.data as Uint16Array);
});
