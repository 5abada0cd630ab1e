"""xAPI 1.0.3, Part Two (Data): https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md"""
