"""xAPI 2.0, IEEE 9274.1.1, 4.2 (LRS Data Requirements):
https://opensource.ieee.org/xapi/xapi-base-standard-documentation/-/blob/main/9274.1.1%20xAPI%20Base%20Standard%20for%20LRSs.md"""
