// @xapi/cmi5 as an assignable unit: a learner's session from launch to end. The LMS, which launches it, is the test.
import { agent, run } from "./scenario.mjs";
import assert from "node:assert/strict";
import XMLHttpRequest from "xhr2";

globalThis.XMLHttpRequest = XMLHttpRequest; // it is made for browsers and knows no other way to ask
const { default: Cmi5 } = await import("@xapi/cmi5/dist/Cmi5.umd.js");

const launch = JSON.parse(process.env.CMI5_LAUNCH);

await run({
  async session() {
    const cmi5 = new Cmi5(launch);
    const sent = [...(await cmi5.initialize()).data];
    assert.equal(cmi5.launchData.masteryScore, 0.7);
    assert.deepEqual(cmi5.getLearnerPreferences(), { languagePreference: "id-ID", audioPreference: "off" });
    sent.push(...(await cmi5.progress(50)).data);
    sent.push(...(await cmi5.interactionTrueFalse("ujian", "soal-1", true, true, { id: "Apakah ASN netral?" }, undefined, true)).data);
    sent.push(...(await cmi5.interactionChoice("ujian", "soal-2", ["a"], ["a", "c"])).data);
    await assert.rejects(async () => cmi5.pass({ scaled: 0.6 }), /Mastery Score/);
    sent.push(...(await cmi5.pass({ scaled: 0.9, raw: 90, min: 0, max: 100 })).data);
    sent.push(...(await cmi5.complete()).data);
    // A page that is loaded anew goes on with what it kept.
    const again = new Cmi5(launch);
    await again.initialize({ authToken: cmi5.getAuthToken(), initializedDate: cmi5.initializedDate });
    sent.push(...(await again.terminate()).data);
    return sent;
  },

  async used_up() {
    await assert.rejects(new Cmi5({ ...launch, actor: agent() }).initialize());
  },
});
