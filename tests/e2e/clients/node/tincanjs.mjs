// TinCanJS: each scenario reads at once what it wrote.
import { activity as newActivity, agent as newAgent, endpoint, key, run, secret } from "./scenario.mjs";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import TinCan from "tincanjs";

const lrs = new TinCan.LRS({ endpoint, username: key, password: secret, allowFail: false });
const agent = new TinCan.Agent(newAgent());
const activity = new TinCan.Activity(newActivity());
const COMPLETED = { id: "http://adlnet.gov/expapi/verbs/completed", display: { "en-US": "completed" } };
const statement = (extra = {}) => new TinCan.Statement({ actor: agent, verb: COMPLETED, target: activity, ...extra });

/** Its methods take what they need, then a configuration with the callback. What it is called with: an error, or the result. */
function call(method, ...parameters) {
  const configuration = parameters.pop();
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error === null ? resolve(result) : reject(new Error(String(error))));
    lrs[method](...parameters, { ...configuration, callback });
  });
}

await run({
  async statements() {
    const first = statement({ result: { score: { scaled: 0.9 }, success: true, duration: "PT2H30M" } });
    await call("saveStatement", first, {});
    const got = await call("retrieveStatement", first.id, {});
    assert.deepEqual([got.actor.account.name, got.target.id], [agent.account.name, activity.id]);
    assert.deepEqual([got.result.score.scaled, got.result.duration], [0.9, "PT2H30M"]);
    const rest = [statement(), statement(), statement(), statement()];
    await call("saveStatements", rest, {});
    const params = { agent, activity, verb: new TinCan.Verb(COMPLETED), limit: 2, ascending: true, related_agents: true };
    let page = await call("queryStatements", { params });
    const found = page.statements.map((one) => one.id);
    while (page.more) {
      page = await call("moreStatements", { url: page.more });
      found.push(...page.statements.map((one) => one.id));
    }
    assert.equal(found[0], first.id);
    assert.deepEqual(found.sort(), [first, ...rest].map((one) => one.id).sort());
    return found;
  },

  async voiding() {
    const voided = statement();
    await call("saveStatement", voided, {});
    const voider = new TinCan.Statement({
      actor: agent,
      verb: { id: "http://adlnet.gov/expapi/verbs/voided" },
      target: { objectType: "StatementRef", id: voided.id },
    });
    await call("saveStatement", voider, {});
    assert.equal((await call("retrieveVoidedStatement", voided.id, {})).id, voided.id);
    await assert.rejects(call("retrieveStatement", voided.id, {}), /404/);
    return [voider.id];
  },

  async attachments() {
    const usageType = "http://id.tincanapi.com/attachment/certificate-of-completion";
    const certificate = { usageType, display: { id: "Sertifikat" }, contentType: "text/plain", content: "Sertifikat Siti é" };
    const sent = statement({ attachments: [certificate] });
    await call("saveStatement", sent, {});
    const got = await call("retrieveStatement", sent.id, { params: { attachments: true } });
    const page = await call("queryStatements", { params: { activity, attachments: true } });
    for (const one of [got, page.statements[0]]) {
      assert.deepEqual(one.attachments.map((each) => each.getContentAsString()), ["Sertifikat Siti é"]);
    }
    return [sent.id];
  },

  async documents() {
    const json = { contentType: "application/json" };
    const where = { agent, activity, registration: randomUUID() };
    await call("saveState", "bookmark", JSON.stringify({ page: 1 }), { ...where, ...json });
    await call("saveState", "bookmark", JSON.stringify({ chapter: 2 }), { ...where, ...json, method: "POST" });
    assert.deepEqual((await call("retrieveState", "bookmark", where)).contents, { page: 1, chapter: 2 });
    assert.deepEqual(await call("retrieveStateIds", where), ["bookmark"]);
    await call("dropState", "bookmark", where);
    assert.equal(await call("retrieveState", "bookmark", where), null);
    await call("dropState", null, where);
    for (const [kind, owner] of [["AgentProfile", { agent }], ["ActivityProfile", { activity }]]) {
      const save = (content, more) => call(`save${kind}`, "preferences", JSON.stringify(content), { ...owner, ...json, ...more });
      await save({ language: "id" });
      const { contents, etag } = await call(`retrieve${kind}`, "preferences", owner);
      assert.deepEqual(contents, { language: "id" });
      await save({ language: "jv" }, { lastSHA1: etag });
      await assert.rejects(save({ language: "su" }, { lastSHA1: etag }), /412/);
      assert.deepEqual((await call(`retrieve${kind}`, "preferences", owner)).contents, { language: "jv" });
      assert.deepEqual(await call(`retrieve${kind}Ids`, owner), ["preferences"]);
      await call(`drop${kind}`, "preferences", owner);
      assert.equal(await call(`retrieve${kind}`, "preferences", owner), null);
    }
  },

  async lookups() {
    await call("saveStatement", statement(), {});
    assert.deepEqual((await call("retrieveActivity", activity.id, {})).definition.name, { id: "Pelayanan Prima" });
    assert.deepEqual((await call("about", {})).version, ["1.0.3", "2.0.0"]);
  },
});
