import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nkeys } from "@nats-io/transport-node";
import test, { type ExecutionContext } from "ava";
import { Nats, readNatsCredentials } from "../../src/nats/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { irregularFiles } from "../helpers/irregular-files.js";
import { natsTest } from "../helpers/nats-server.js";
import { until } from "../helpers/until.js";

async function credentialsFile(t: ExecutionContext, text: string, mode = 0o600): Promise<string> {
  const path = join(await temporaryFolder(t), "nats");
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

test("one line holds a user and a password, or a token", async (t) => {
  const logger = new RecordingLogger();
  for (const [text, credentials] of [
    ["om:se:cret\n", { user: "om", pass: "se:cret" }],
    ["  t0ken\r\n", { token: "t0ken" }],
  ] as const) {
    t.deepEqual(readNatsCredentials(await credentialsFile(t, text), logger), credentials);
  }
  t.deepEqual(logger.lines, []);
});

test("what holds no credentials is refused, with its path", async (t) => {
  const logger = new RecordingLogger();
  const refused = (await irregularFiles(t)).map(([kind, path]) => [
    path,
    `it is ${kind}, not a regular file`,
  ]);
  for (const text of ["", "two words", "two\nlines"])
    refused.push([await credentialsFile(t, text), "it does not contain one line without spaces"]);
  for (const [path = "", reason] of refused) {
    t.throws(() => readNatsCredentials(path, logger), {
      code: "HOST_NATS_CREDENTIALS",
      message: `Cannot take credentials for NATS from '${path}': ${reason}. Write one line, USER:PASSWORD or a token, or use a .creds file of NATS.`,
    });
  }
});

test("a file that others can read is used, with a warning", async (t) => {
  const logger = new RecordingLogger();
  const path = await credentialsFile(t, "t0ken", 0o644);
  t.deepEqual(readNatsCredentials(path, logger), { token: "t0ken" });
  t.deepEqual(logger.lines, [
    `warn '${path}': other users can read these credentials. Make the file private: chmod 600.`,
  ]);
});

for (const [kind, options, right, wrong] of [
  ["a user and a password", ["--user", "om", "--pass", "secret"], "om:secret", "om:wrong"],
  ["a token", ["--auth", "t0ken"], "t0ken", "wrong"],
] as const) {
  natsTest(
    `a server that wants ${kind} gets them from the file`,
    async (t, server) => {
      const logger = new RecordingLogger();
      const connected = async (text: string | undefined, log: RecordingLogger) => {
        const path = text === undefined ? undefined : await credentialsFile(t, text);
        const credentials = readNatsCredentials(path, log);
        const nats = new Nats(server.url, "test", log, credentials);
        t.teardown(() => nats.close());
        return nats;
      };
      const nats = await connected(right, logger);
      await until(() => nats.isConnected);
      for (const text of [wrong, undefined]) {
        const refused = new RecordingLogger();
        const other = await connected(text, refused);
        await until(() => refused.lines.length > 0);
        t.false(other.isConnected);
        t.regex(
          refused.lines[0] ?? "",
          /^warn Not connected to nats:.*Authorization Violation.*\. Give the server's credentials with --nats-credentials\. It is tried again/i,
        );
      }
    },
    options,
  );
}

test("a .creds file signs what the server asks to be signed", async (t) => {
  const user = nkeys.createUser();
  const seed = Buffer.from(user.getSeed()).toString();
  const path = await credentialsFile(
    t,
    `-----BEGIN NATS USER JWT-----\nheader.payload.signature\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
  );
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(
      `INFO ${JSON.stringify({ server_id: "s", version: "2.10.0", nonce: "sign-me", headers: true, max_payload: 1e6 })}\r\n`,
    );
  }).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const logger = new RecordingLogger();
  const nats = new Nats(`nats://127.0.0.1:${port}`, "test", logger, readNatsCredentials(path, logger));
  t.teardown(() => nats.close());
  const [socket] = await once(server, "connection");
  const [line] = await once(createInterface({ input: socket }), "line");
  const { jwt, sig } = JSON.parse(String(line).replace(/^CONNECT /, ""));
  t.is(jwt, "header.payload.signature");
  t.true(user.verify(Buffer.from("sign-me"), Buffer.from(sig, "base64url")));
  socket.destroy();
});
