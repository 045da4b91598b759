import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { isMonitorError } from "../../src/errors.js";
import { clientKeys, newKeyPair, serverKeys, writeKeyFiles } from "../../src/security/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { codesAndMessages } from "../helpers/faults.js";
import { irregularFiles } from "../helpers/irregular-files.js";

const MEND =
  "Make a pair with `om-jungfrau keygen NAME`: NAME.key_secret for its owner, NAME.key for the others.";
const PUBLIC = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
const SECRET = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

const ignore = () => undefined;

/** What reading a file as a server's own key pair, or as the server's public key, ends with. */
const asPair = (path: string) => codesAndMessages((async () => serverKeys(path, undefined, ignore))());
const asPublic = (path: string) => codesAndMessages(clientKeys(path, undefined, ignore));

test("a pair that is written can be read, by both sides", async (t) => {
  const name = join(await temporaryFolder(t), "detector");
  const pair = await newKeyPair();
  await writeKeyFiles(name, pair);
  t.deepEqual(serverKeys(`${name}.key_secret`, [`${name}.key`], ignore), {
    secretKey: pair.secretKey,
    clients: [pair.publicKey],
  });
  t.deepEqual(await clientKeys(`${name}.key`, `${name}.key_secret`, ignore), {
    ...pair,
    serverKey: pair.publicKey,
  });
  t.false(
    (await readFile(`${name}.key`, "utf8")).includes(pair.secretKey),
    "the public file holds no secret",
  );
});

test("the secret file is for its owner alone, whatever the folder allows", async (t) => {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o777);
  const before = process.umask(0);
  try {
    await writeKeyFiles(join(folder, "a"), await newKeyPair());
  } finally {
    process.umask(before);
  }
  t.is((await stat(join(folder, "a.key_secret"))).mode & 0o777, 0o600);
});

test("a client without a pair of its own gets a new one each time", async (t) => {
  const name = join(await temporaryFolder(t), "a");
  await writeKeyFiles(name, await newKeyPair());
  const [first, second] = [
    await clientKeys(`${name}.key`, undefined, ignore),
    await clientKeys(`${name}.key`, undefined, ignore),
  ];
  t.is(first?.serverKey, second?.serverKey);
  t.not(first?.publicKey, second?.publicKey);
});

test("without files there are no keys", async (t) => {
  t.is(serverKeys(undefined, undefined, ignore), undefined);
  t.is(await clientKeys(undefined, undefined, ignore), undefined);
});

for (const existing of ["a.key", "a.key_secret"]) {
  test(`keys are never overwritten, and no half of a pair is left: ${existing}`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, existing), "mine");
    const name = join(folder, "a");
    const faults = await codesAndMessages(newKeyPair().then((pair) => writeKeyFiles(name, pair)));
    t.deepEqual(faults, [
      [
        "STREAM_KEY_FILE",
        `Cannot write '${name}.key_secret' and '${name}.key': EEXIST: file already exists, open '${join(folder, existing)}'. Choose another name; keys are never overwritten.`,
      ],
    ]);
    t.is(await readFile(join(folder, existing), "utf8"), "mine");
    const other = existing === "a.key" ? "a.key_secret" : "a.key";
    await t.throwsAsync(stat(join(folder, other)), { code: "ENOENT" });
  });
}

test("a folder that is not there, or is none, is told with what mends it", async (t) => {
  const folder = await temporaryFolder(t);
  const write = async (name: string) => {
    const [fault] = await codesAndMessages(newKeyPair().then((pair) => writeKeyFiles(name, pair)));
    return fault?.[1] ?? "";
  };
  t.regex(
    await write(join(folder, "no", "a")),
    /^Cannot write '.*a\.key_secret' and '.*a\.key': ENOENT.*\. Make the folder first, or name another\.$/,
  );
  await writeFile(join(folder, "file"), "");
  t.regex(await write(join(folder, "file", "a")), /ENOTDIR.*\. Name a folder that you may write to/);
});

test("pyzmq's certificates can be read", async (t) => {
  const folder = await temporaryFolder(t);
  const head = (what: string) => `#   ****  Generated on 2024-02-29 12:00:00.000000 by pyzmq  ****
#   ZeroMQ CURVE ${what} Certificate
#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.

metadata
curve
    public-key = "${PUBLIC}"
`;
  await writeFile(join(folder, "a.key"), head("Public"));
  await writeFile(join(folder, "a.key_secret"), `${head("**Secret**")}    secret-key = "${SECRET}"\n`);
  t.deepEqual(serverKeys(join(folder, "a.key_secret"), [join(folder, "a.key")], ignore), {
    secretKey: SECRET,
    clients: [PUBLIC],
  });
});

test("line ends of Windows, tabs and no blanks are nothing to stumble over", async (t) => {
  const path = join(await temporaryFolder(t), "a");
  await writeFile(path, `curve\r\n\tpublic-key="${PUBLIC}"\r\n\tsecret-key = "${SECRET}"\r\n`);
  t.is(serverKeys(path, undefined, ignore)?.secretKey, SECRET);
});

const key = (name: string, value: string) => `curve\n    ${name} = "${value}"\n`;
const broken: [what: string, text: string, problem: string][] = [
  ["is empty", "", "it contains no public-key"],
  ["is something else", "\u0000\u0001 rubbish \uffff", "it contains no public-key"],
  ["has a key in a comment only", `# public-key = "${PUBLIC}"`, "it contains no public-key"],
  ["has a key without quotes", `public-key = ${PUBLIC}`, "it contains no public-key"],
  [
    "has a key that is too short",
    key("public-key", PUBLIC.slice(1)),
    "its public-key is not one of 40 characters in Z85",
  ],
  [
    "has a key that is too long",
    key("public-key", `${PUBLIC}0`),
    "its public-key is not one of 40 characters in Z85",
  ],
  [
    "has a key in hex",
    key("public-key", "0".repeat(64)),
    "its public-key is not one of 40 characters in Z85",
  ],
  [
    "has a blank in its key",
    key("public-key", PUBLIC.replace("Y", " ")),
    "its public-key is not one of 40 characters in Z85",
  ],
  [
    "has a key of which five characters are more than four bytes",
    key("public-key", PUBLIC.replace("Yne@$", "%nSc1")),
    "its public-key is not one of 40 characters in Z85",
  ],
  ["has an empty key", key("public-key", ""), "its public-key is not one of 40 characters in Z85"],
];
for (const [what, text, problem] of broken) {
  test(`a key file that ${what} is reported, with its name and a remedy`, async (t) => {
    const path = join(await temporaryFolder(t), "a.key");
    await writeFile(path, text);
    const expected = [["STREAM_KEY_FILE", `Key file '${path}': ${problem}. ${MEND}`]];
    t.deepEqual(await asPublic(path), expected);
    t.deepEqual(await asPair(path), expected);
  });
}

test("a public key where the pair is needed is told", async (t) => {
  const path = join(await temporaryFolder(t), "a.key");
  await writeFile(path, key("public-key", PUBLIC));
  t.deepEqual(await asPublic(path), []);
  t.deepEqual(await asPair(path), [
    ["STREAM_KEY_FILE", `Key file '${path}': it contains no secret-key. ${MEND}`],
  ]);
});

test("a key pair where the other side's public key is needed is refused", async (t) => {
  const name = join(await temporaryFolder(t), "a");
  await writeKeyFiles(name, await newKeyPair());
  const path = `${name}.key_secret`;
  const expected = [
    [
      "STREAM_KEY_FILE",
      `Key file '${path}': it contains a secret key, but the other side's public key is needed. Name the file with the public key alone, NAME.key; NAME.key_secret stays with its owner.`,
    ],
  ];
  t.deepEqual(await asPublic(path), expected);
  t.deepEqual(await codesAndMessages((async () => serverKeys(path, [path], ignore))()), expected);
});

test("a secret that others may read is warned of, on both sides", async (t) => {
  const name = join(await temporaryFolder(t), "a");
  await writeKeyFiles(name, await newKeyPair());
  const path = `${name}.key_secret`;
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const read = async () => {
    serverKeys(path, [`${name}.key`], warn);
    await clientKeys(`${name}.key`, path, warn);
    return warnings.splice(0);
  };
  t.deepEqual(await read(), []);
  const expected = `Key file '${path}': other users can read this secret. Make it private with chmod 600, or make new keys if somebody has read it.`;
  for (const mode of [0o640, 0o604]) {
    await chmod(path, mode);
    t.deepEqual(await read(), [expected, expected]);
  }
});

test("a file that is not there, and a folder, are told", async (t) => {
  const folder = await temporaryFolder(t);
  const missing = join(folder, "a.key");
  t.deepEqual(await asPublic(missing), [
    [
      "STREAM_KEY_FILE",
      `Key file '${missing}': ENOENT: no such file or directory, open '${missing}'. ${MEND}`,
    ],
  ]);
  await mkdir(missing);
  t.regex(
    (await asPair(missing))[0]?.[1] ?? "",
    /^Key file '.*a\.key': it is a folder, not a regular file\. Make a pair with/,
  );
});

test("pipes, sockets, devices and large files are no keys", async (t) => {
  const large = join(await temporaryFolder(t), "large.key");
  await writeFile(large, Buffer.alloc(100_000));
  const refused = (await irregularFiles(t)).map(([kind, path]) => [
    path,
    `it is ${kind}, not a regular file`,
  ]);
  for (const [path = "", reason] of [...refused, [large, "it holds more than 65536 bytes"]]) {
    const fault = [["STREAM_KEY_FILE", `Key file '${path}': ${reason}. ${MEND}`]] as [string, string][];
    t.deepEqual(await asPublic(path), fault);
    t.deepEqual(await asPair(path), fault);
  }
});

test("keys that have no effect are told", async (t) => {
  const faults = await codesAndMessages(clientKeys(undefined, "mine.key_secret", ignore));
  t.regex(faults[0]?.[1] ?? "", /^Key file 'mine\.key_secret' has no effect without the server's public key/);
  const error = t.throws(() => serverKeys(undefined, ["one.key", "two.key"], ignore));
  t.true(isMonitorError(error) && error.code === "STREAM_KEY_FILE");
  t.regex((error as Error).message, /^Key files 'one\.key', 'two\.key' of clients have no effect/);
});
