"""What the statements of every version have in common, each rule of the data model said once.

Section numbers are those of xAPI 1.0.3, Part Two (Data); IEEE 9274.1.1 says the same in 4.2. Where the text is silent, the verdict
of ADL's conformance suite holds, named by its XAPI number. Unknown properties and nulls are refused everywhere but inside
extensions (2.2).

A version is a package beside this one. It completes these classes where its text says something of its own, and says nothing else,
so that `schemas/v1_0_3/statement.py` and `schemas/v2_0/statement.py` read side by side.
"""
