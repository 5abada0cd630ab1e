"""The statement of xAPI 1.0.3, every rule of its data model said once.

Section numbers are those of xAPI 1.0.3, Part Two (Data). Where the text is silent, the verdict of ADL's conformance
suite holds, named by its XAPI number. Unknown properties and nulls are refused everywhere but inside extensions (2.2).

A later version derives its own classes from these and says only what differs.
"""
