// Makes the server a replica set of one, unless it is one, and waits for its primary. Run by compose.yaml.
const config = { _id: "rekam", members: [{ _id: 0, host: "mongo:27017" }] };
try {
  rs.initiate(config);
} catch (error) {
  if (error.codeName !== "AlreadyInitialized") throw error;
}
for (let attempt = 0; !db.hello().isWritablePrimary; attempt++) {
  if (attempt === 120) throw new Error("the replica set has no primary after 60 s");
  sleep(500);
}
print("MongoDB is primary of the replica set rekam");
