// @xapi/xapi: each scenario reads at once what it wrote.
import { activity, agent, endpoint, key, run, secret } from "./scenario.mjs";
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import XAPI from "@xapi/xapi";

const auth = XAPI.toBasicAuth(key, secret);
const version = process.env.LRS_VERSION ?? "1.0.3";
const xapi = new XAPI({ endpoint, auth, version });
const COMPLETED = XAPI.Verbs.COMPLETED;

/** The client's adapters report a refusal differently: axios in `response`, fetch in the error itself. */
async function refused(promise, status) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.response?.status ?? error.status ?? JSON.parse(error.data ?? error.message).error.status, status);
    return true;
  });
}

const certificate = (content) => ({
  usageType: "http://id.tincanapi.com/attachment/certificate-of-completion",
  display: { id: "Sertifikat" },
  contentType: "text/plain",
  length: content.byteLength,
  sha2: createHash("sha256").update(content).digest("hex"),
});

await run({
  async statements() {
    const actor = agent();
    const object = activity();
    const first = (await xapi.sendStatement({ statement: { actor, verb: COMPLETED, object } })).data[0];
    const got = (await xapi.getStatement({ statementId: first })).data;
    assert.deepEqual([got.actor, got.object], [actor, object]);
    const more = [0.25, 0.5, 0.75, 1].map((scaled) => ({ actor, verb: COMPLETED, object, result: { score: { scaled } } }));
    const rest = (await xapi.sendStatements({ statements: more })).data;
    const question = { agent: actor, activity: object.id, verb: COMPLETED.id, limit: 2, ascending: true, related_activities: true };
    let page = (await xapi.getStatements(question)).data;
    const found = page.statements.map((one) => one.id);
    while (page.more) {
      page = (await xapi.getMoreStatements({ more: page.more })).data;
      found.push(...page.statements.map((one) => one.id));
    }
    assert.equal(found[0], first);
    assert.deepEqual(found.sort(), [first, ...rest].sort());
    const latest = (await xapi.getStatements({ agent: actor, limit: 1, format: "ids" })).data.statements[0];
    assert.ok(rest.includes(latest.id));
    assert.equal(latest.object.definition, undefined);
    return found;
  },

  async voiding() {
    const actor = agent();
    const ids = (await xapi.sendStatements({ statements: Array(3).fill({ actor, verb: COMPLETED, object: activity() }) })).data;
    const voiders = (await xapi.voidStatement({ actor, statementId: ids[0] })).data;
    voiders.push(...(await xapi.voidStatements({ actor, statementIds: ids.slice(1) })).data);
    for (const statementId of ids) {
      assert.equal((await xapi.getVoidedStatement({ voidedStatementId: statementId })).data.id, statementId);
      await refused(xapi.getStatement({ statementId }), 404);
    }
    const listed = (await xapi.getStatements({ agent: actor })).data.statements.map((one) => one.id);
    assert.deepEqual(listed.sort(), voiders.sort());
    return voiders;
  },

  async attachments() {
    // Its default adapter for Node, axios, replaces the Content-Type of a request with attachments.
    const fetching = new XAPI({ endpoint, auth, version, adapter: "fetch" });
    const [diploma, transcript] = ["Sertifikat Siti é", "Nilai: 90"].map((text) => new TextEncoder().encode(text));
    const statement = { actor: agent(), verb: COMPLETED, object: activity(), attachments: [certificate(diploma)] };
    const one = (await fetching.sendStatement({ statement, attachments: [diploma.buffer] })).data[0];
    const [got, content] = (await fetching.getStatement({ statementId: one, attachments: true })).data;
    assert.deepEqual([got.id, got.attachments, content], [one, statement.attachments, "Sertifikat Siti é"]);
    // It puts no line break after an attachment, so all but the last bring their own.
    statement.attachments.push(certificate(transcript));
    const contents = [new Blob([diploma, "\r\n"]), transcript.buffer];
    const two = (await fetching.sendStatement({ statement, attachments: contents })).data[0];
    const [page, ...parts] = (await fetching.getStatements({ agent: statement.actor, attachments: true })).data;
    assert.deepEqual(page.statements.map((each) => each.id), [two, one]);
    assert.deepEqual(parts.sort(), ["Nilai: 90", "Sertifikat Siti é"]);
    return [one, two];
  },

  async states() {
    const where = { agent: agent(), activityId: activity().id, registration: randomUUID() };
    const bookmark = { ...where, stateId: "bookmark" };
    await xapi.createState({ ...bookmark, state: { page: 1 } });
    await xapi.createState({ ...bookmark, state: { chapter: 2 } });
    const got = await xapi.getState(bookmark);
    assert.deepEqual(got.data, { page: 1, chapter: 2 });
    await xapi.setState({ ...bookmark, state: { page: 3 }, etag: got.headers.etag, matchHeader: "If-Match" });
    assert.deepEqual((await xapi.getState(bookmark)).data, { page: 3 });
    await refused(xapi.setState({ ...bookmark, state: {}, etag: got.headers.etag, matchHeader: "If-Match" }), 412);
    await xapi.setState({ ...where, stateId: "note", state: "catatan é", contentType: "text/plain" });
    assert.equal((await xapi.getState({ ...where, stateId: "note" })).data, "catatan é");
    assert.deepEqual((await xapi.getStates(where)).data.sort(), ["bookmark", "note"]);
    await xapi.deleteState(bookmark);
    await refused(xapi.getState(bookmark), 404);
    await xapi.deleteStates(where);
    assert.deepEqual((await xapi.getStates(where)).data, []);
  },

  async profiles() {
    for (const [kind, owner] of [["Agent", { agent: agent() }], ["Activity", { activityId: activity().id }]]) {
      const [create, get, set, remove] = ["create", "get", "set", "delete"].map((verb) => xapi[`${verb}${kind}Profile`].bind(xapi));
      const one = { ...owner, profileId: "preferences" };
      await set({ ...one, profile: { language: "id" }, etag: "*", matchHeader: "If-None-Match" });
      await refused(set({ ...one, profile: {}, etag: "*", matchHeader: "If-None-Match" }), 412);
      await create({ ...one, profile: { audio: "off" } });
      const got = await get(one);
      assert.deepEqual(got.data, { language: "id", audio: "off" });
      await set({ ...one, profile: { language: "jv" }, etag: got.headers.etag, matchHeader: "If-Match" });
      await refused(set({ ...one, profile: {}, etag: got.headers.etag, matchHeader: "If-Match" }), 412);
      assert.deepEqual((await get(one)).data, { language: "jv" });
      await create({ ...owner, profileId: "other", profile: {} });
      assert.deepEqual((await xapi[`get${kind}Profiles`](owner)).data.sort(), ["other", "preferences"]);
      await remove(one);
      await refused(get(one), 404);
    }
  },

  async lookups() {
    const actor = agent();
    const { definition, ...object } = activity();
    for (const name of [{ id: "Pelayanan" }, { en: "Service" }]) {
      await xapi.sendStatement({ statement: { actor, verb: COMPLETED, object: { ...object, definition: { ...definition, name } } } });
    }
    const known = (await xapi.getActivity({ activityId: object.id })).data;
    assert.deepEqual(known.definition.name, { id: "Pelayanan", en: "Service" });
    const person = (await xapi.getAgent({ agent: actor })).data;
    assert.deepEqual(person, { objectType: "Person", name: [actor.name], account: [actor.account] });
    assert.deepEqual((await xapi.getAbout()).data.version, ["1.0.3", "2.0.0"]);
  },

  async refusals() {
    await refused(new XAPI({ endpoint, auth: XAPI.toBasicAuth(key, "wrong"), version }).getStatements(), 401);
    const statement = { actor: agent(), verb: COMPLETED, object: activity() };
    delete statement.verb.display;
    const error = await xapi.sendStatement({ statement: { ...statement, verb: {} } }).catch((caught) => caught);
    return error.response.data;
  },
});
