"""How every refusal looks, on every interface of Rekam."""

from __future__ import annotations

from marshmallow import fields

from schemas.hr.payload import Answered


class ErrorDetailSchema(Answered):
    status = fields.Integer(required=True, metadata={"description": "The HTTP status", "examples": [400]})
    message = fields.String(
        required=True,
        metadata={
            "description": "What was wrong and what would be right",
            "examples": ["must be a whole number written in digits, for example 50"],
        },
    )
    pointer = fields.String(
        metadata={"description": "JSON pointer to what was wrong; `/name` for a query parameter", "examples": ["/limit"]}
    )
    request_id = fields.String(
        required=True,
        data_key="request_id",
        metadata={
            "description": "Also in the header X-Request-Id and in the server's log",
            "examples": ["0f3c7ad0-5f0e-4b57-9d3a-6a5d3c1f2b11"],
        },
    )


class ErrorSchema(Answered):
    error = fields.Nested(ErrorDetailSchema, required=True)
