"""What HR and partners send and are given under `/api/v1`, and the OpenAPI document made from it."""
