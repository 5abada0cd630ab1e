// ADL's xAPI wrapper for Node: each scenario reads at once what it wrote.
import { activity as newActivity, agent as newAgent, endpoint, key, run, secret } from "./scenario.mjs";
import assert from "node:assert/strict";
import adl from "adl-xapiwrapper";

const wrapper = new adl.XAPIWrapper({ url: endpoint, auth: { user: key, pass: secret } });
const agent = newAgent();
const activity = newActivity();
const statement = { actor: agent, verb: { id: "http://adlnet.gov/expapi/verbs/completed", display: { id: "selesai" } }, object: activity };

/** Status, content (from JSON where it is JSON) and ETag of the answer. */
function call(method, ...parameters) {
  return new Promise((resolve, reject) => {
    wrapper[method](...parameters, (error, response, body) => {
      if (error) return reject(error);
      const json = /^application\/json/.test(response.headers["content-type"] ?? "");
      resolve({ status: response.statusCode, content: json ? JSON.parse(body) : body, etag: response.headers.etag });
    });
  });
}

await run({
  async statements() {
    assert.equal(await new Promise((resolve) => wrapper.testConfig(resolve)), true);
    const sent = (await call("sendStatements", statement)).content;
    sent.push(...(await call("sendStatements", [statement, statement])).content);
    let page = (await call("getStatements", { activity: activity.id, limit: 2, ascending: true }, null)).content;
    const found = page.statements.map((one) => one.id);
    page = (await call("getStatements", null, page.more)).content;
    found.push(...page.statements.map((one) => one.id));
    assert.deepEqual(found.sort(), sent.sort());
    assert.deepEqual((await call("getActivities", activity.id)).content, activity);
    assert.deepEqual((await call("getAgents", agent)).content.account, [agent.account]);
    return found;
  },

  async documents() {
    const state = [activity.id, agent, "bookmark", null];
    await call("sendState", ...state, { page: 1 }, null, null);
    await call("sendState", ...state, { chapter: 2 }, null, null);
    assert.deepEqual((await call("getState", ...state, null)).content, { page: 1, chapter: 2 });
    assert.deepEqual((await call("getState", activity.id, agent, null, null, new Date(0))).content, ["bookmark"]);
    for (const [kind, owner] of [["ActivityProfile", activity.id], ["AgentProfile", agent]]) {
      const send = async (...rest) => (await call(`send${kind}`, owner, "preferences", ...rest)).status;
      const get = () => call(`get${kind}`, owner, "preferences", null);
      assert.equal(await send("bahasa", null, "*"), 204);
      assert.equal((await get()).content, "bahasa");
      assert.equal((await get()).etag, `"${adl.hash("bahasa")}"`);
      assert.equal(await send("jawa", adl.hash("bahasa"), null), 204); // without quotation marks, as its own documentation has it
      assert.equal(await send("sunda", adl.hash("bahasa"), null), 412);
      assert.equal((await get()).content, "jawa");
      assert.deepEqual((await call(`get${kind}`, owner, null, null)).content, ["preferences"]);
    }
  },
});
