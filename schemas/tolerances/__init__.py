"""Tolerances: named ways in which a partner that cannot change may break the rules, and what is made of it then.

Strict is the default. An administrator allows a credential some of them by name. One is applied only to a statement that the strict
rules refuse, and the result has to follow the strict rules, all of them. Each is pure, from text to text; what it does not speak
of keeps its exact text. docs/tolerances.md tells each one's why.
"""
