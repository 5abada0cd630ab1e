"""The store on MongoDB (a replica set or a sharded cluster): `MongoStore(url)`, with the database in the URL's path."""

from store.mongodb.store import MongoStore

__all__ = ["MongoStore"]
