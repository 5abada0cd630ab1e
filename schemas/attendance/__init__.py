"""Attendance lists of seminars and workshops, as their organisers send them: read, understood, judged row by row, and made into
xAPI statements. Pure: who the people are is asked through functions that the caller gives.

    FileRefused   the file as a whole can't be read (`schemas.imports.sheets`)
"""
