import test from "ava";
import { type KeySchema, unknownKeyWarnings, YamlMonitorParameters } from "../../src/configuration/index.js";
import { configurationSchema } from "../helpers/configuration-schema.js";

const schema = configurationSchema() as KeySchema;

function warnings(yaml: string): string[] {
  const parameters = new YamlMonitorParameters(yaml, "monitor.yaml");
  // What a source called `detector` asks for when it is not calibrated.
  parameters.getParameter({
    group: "data_retrieval_layer",
    parameter: "detector_calibration",
    parameterType: "boolean",
  });
  return unknownKeyWarnings(parameters, [schema]);
}

test("names the nearest key that is read", (t) => {
  t.deepEqual(
    warnings("calibration:\n  dark_filename: [a, b]\ndata_retrieval_layer:\n  dectector_calibration: yes\n"),
    [
      "monitor.yaml:4: data_retrieval_layer.dectector_calibration is not read by anything. Did you mean 'detector_calibration'?",
      "monitor.yaml:2: calibration.dark_filename is not read by anything. Did you mean 'dark_filenames'?",
    ],
  );
});

test("says nothing of OM's own keys, and suggests nothing far away", (t) => {
  t.deepEqual(warnings("om: {parallelization_layer: x, processing_layer: y}\ncalibration: {weather: fine}"), [
    "monitor.yaml:2: calibration.weather is not read by anything.",
  ]);
  t.regex(warnings("om: {plugin: []}")[0] ?? "", /Did you mean 'plugins'\?/);
});

test("what another plugin reads is no mistake", (t) => {
  const yaml = "data_retrieval_layer: {diode_watts_per_volt: 2, delivry: all}\ndiode: {offset: 1}";
  const diode = {
    properties: {
      data_retrieval_layer: { properties: { diode_watts_per_volt: {} } },
      diode: { properties: { offset: {} } },
    },
  };
  const parameters = new YamlMonitorParameters(yaml, "monitor.yaml");
  t.deepEqual(unknownKeyWarnings(parameters, [schema, diode]), [
    "monitor.yaml:1: data_retrieval_layer.delivry is not read by anything. Did you mean 'delivery'?",
  ]);
});

test("a plugin without a schema, or with a group without keys, knows no names", (t) => {
  const parameters = new YamlMonitorParameters("calibration: {weather: fine}", "monitor.yaml");
  t.deepEqual(unknownKeyWarnings(parameters, []), []);
  t.deepEqual(unknownKeyWarnings(parameters, [{ properties: { calibration: {} } }]), [
    "monitor.yaml:1: calibration.weather is not read by anything.",
  ]);
});

test("names the nearest group", (t) => {
  t.deepEqual(warnings("calibraton: {photon_energy_kev: 5}\ncrystallography: {}"), [
    "monitor.yaml:1: group 'calibraton' is not read by anything. Did you mean 'calibration'?",
  ]);
});

test("knows the keys that are not needed this time, and leaves others' groups alone", (t) => {
  t.deepEqual(
    warnings(
      "om: {data_retrieval_layer: x}\ndata_retrieval_layer: {detector_calibration: no, detector_units: keV, delivery: all}\ncrystallography: {anything: 5}",
    ),
    [],
  );
});

test("a file of very many keys takes no longer than reading it, and each key is named with its line", (t) => {
  const count = 12_000;
  const lines = (indent: string) =>
    Array.from({ length: count / 2 }, (_, number) => `${indent}detector_dark${number}: x`);
  const yaml = ["data_retrieval_layer:", "  data_sources:", ...lines("    "), ...lines("  ")].join("\n");
  const start = performance.now();
  const found = warnings(yaml);
  t.is(found.length, count / 2);
  t.regex(
    found.at(-1) ?? "",
    new RegExp(`^monitor\\.yaml:${count + 2}: data_retrieval_layer\\.detector_dark`),
  );
  // Some 2 s; it took minutes when each key was compared with each name, and lines were counted from the start each time.
  t.true(performance.now() - start < 20_000);
});
