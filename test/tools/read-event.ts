import { spawnSync } from "node:child_process";
import { partsHeader } from "../../src/stream/index.js";
import { aModuleFrame, modulePayload } from "../../src/testing/index.js";
import { BLOCKS, titleOf } from "../helpers/documents.js";

/*
 * Run the documents' Python with the python3 on the path, on an event that is handed to it in place of a socket. Ends with
 * 1 when it reads another frame.
 *
 *   node dist/test/tools/read-event.js
 */

/** Stands in for pyzmq, and for numpy where there is none. */
const STAND_INS = `
import sys, types
header, *words = sys.argv[1:]
parts = [header.encode(), *(int(word).to_bytes(2, "little") * (512 * 1024) for word in words)]
class Socket:
    def set_hwm(self, count): assert count == 1
    def connect(self, url): assert url.startswith("tcp://")
    def recv_multipart(self): return parts
class Context:
    def socket(self, kind): assert kind == "PULL"; return Socket()
sys.modules["zmq"] = types.SimpleNamespace(Context=Context, PULL="PULL")
try:
    import numpy
except ImportError:
    class Flat(list):
        def reshape(self, shape): return [self[row * shape[1]:(row + 1) * shape[1]] for row in range(shape[0])]
    def frombuffer(part, dtype): assert dtype == "<u2"; return Flat(memoryview(part).cast("H"))
    def vstack(arrays): return [row for array in arrays for row in array]
    sys.modules["numpy"] = types.SimpleNamespace(frombuffer=frombuffer, vstack=vstack)
`;
const TELL =
  "print(len(frame), len(frame[0]), frame[0][0], frame[511][1023], frame[512][0], frame[1023][1023])";

const WORDS = [2500, 40_000];
const header = partsHeader({
  timestampSeconds: 1_700_000_000,
  frames: WORDS.map((word, portIndex) => aModuleFrame({ portIndex, raw: modulePayload(word) })),
});
const scripts = BLOCKS.filter(({ language }) => language === "python");
if (scripts.length === 0) throw new Error("the documents show no Python");
for (const block of scripts) {
  const args = ["-c", `${STAND_INS}\n${block.text}\n${TELL}`, header, ...WORDS.map(String)];
  const { status, stdout, stderr } = spawnSync("python3", args, { encoding: "utf8" });
  const isRead = status === 0 && stdout.trim() === "1024 1024 2500 2500 40000 40000";
  console.log(isRead ? `ok      ${titleOf(block)}` : `FAILED  ${titleOf(block)}: ${stdout}${stderr}`);
  if (!isRead) process.exitCode = 1;
}
