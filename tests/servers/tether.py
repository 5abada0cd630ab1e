"""Become another program that the kernel signals when its parent is gone, however it went.

Run as a script: `tether.py PARENT_PID SIGNAL PROGRAM ARGUMENT…`. It stands between fork and exec because code that runs
there inside a process with threads (`preexec_fn`) may deadlock. Off Linux it only becomes the program.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, signal_number, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    if sys.platform == "linux":
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:
            sys.exit("the parent was gone before the program could start")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
