// What the scripts have in common: whom to talk to, what to talk about, and which part of a script to run.
import { randomUUID, webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18 has it, but not where @xapi/cmi5 looks

export const endpoint = process.env.LRS_ENDPOINT;
export const key = process.env.LRS_KEY;
export const secret = process.env.LRS_SECRET;

export const agent = () => ({
  objectType: "Agent",
  name: "Siti Rahmawati é",
  account: { homePage: "https://asn.example/nip", name: randomUUID() },
});

export const activity = () => ({
  objectType: "Activity",
  id: `https://kursus.example/${randomUUID()}`,
  definition: { type: "http://adlnet.gov/expapi/activities/course", name: { id: "Pelayanan Prima" } },
});

/** Runs the scenario that the command line names; what it returns is printed for the test as the last line, in JSON. */
export async function run(scenarios) {
  try {
    const told = await scenarios[process.argv[2]]();
    console.log(JSON.stringify(told ?? null));
  } catch (error) {
    console.error(error.response?.status, error.response?.data, error.stack); // axios would print pages
    process.exitCode = 1;
  }
}
