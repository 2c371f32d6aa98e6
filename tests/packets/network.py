"""Network namespaces joined by one path of our own.

Nothing here has a name. A namespace lives as long as a descriptor or a process holds it, and a TUN
device as long as its descriptor, so that whatever ends this process, a signal too, also removes
them; there is nothing to clean up.
"""

import ctypes
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_WITHOUT_HEADER = 0x1001

_libc = ctypes.CDLL(None, use_errno=True)


class NotPermitted(Exception):
    """The machine does not let us build a network; says what was refused."""


def _call(what, *arguments):
    if getattr(_libc, what)(*arguments) != 0:
        number = ctypes.get_errno()
        raise NotPermitted(f"{what}: {os.strerror(number)}")


def become_able():
    """Makes an ordinary user the root of a user namespace, where networks may be built. Root needs
    none."""
    if os.geteuid() == 0:
        return
    user, group = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER)
    try:
        pathlib.Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        pathlib.Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        pathlib.Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
    except OSError as error:
        raise NotPermitted(f"user namespace: {error.strerror}") from error


class Namespace:
    """A network namespace with one TUN device, in 10.0.0.0/8. What a socket is made in it stays in
    it; this process is in whichever was entered last."""

    def __init__(self, address, sysctls):
        self.address = address
        _call("unshare", CLONE_NEWNET)
        try:
            self._handle = os.open("/proc/self/ns/net", os.O_RDONLY)
            for name, value in sysctls.items():
                path = pathlib.Path("/proc/sys/net/ipv4") / name
                path.write_text(str(value), encoding="ascii")
            self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            request = struct.pack("16sH14x", b"path", IFF_TUN_WITHOUT_HEADER)
            fcntl.ioctl(self.tun, TUNSETIFF, request)
            self._ip("address", "add", f"{address}/8", "dev", "path")
            self._ip("link", "set", "path", "up")
        except OSError as error:
            raise NotPermitted(f"{error.filename or 'TUN'}: {error.strerror}") from error

    @staticmethod
    def _ip(*arguments):
        # Not every user's path has the folder where Debian keeps it.
        program = shutil.which("ip", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if program is None:
            raise RuntimeError("ip (iproute2) is missing; ./dev setup installs it")
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotPermitted(f"ip {' '.join(arguments)}: {done.stderr.strip()}")

    def enter(self):
        _call("setns", self._handle, CLONE_NEWNET)
