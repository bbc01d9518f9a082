"""A Postfix for the tests: on the loopback, in a folder of its own, delivering nothing to the outside.

It accepts mail for example.test into maildirs, offers STARTTLS and TLS from the start with a test certificate, and asks
for a login on a third port. Logins are checked by a few lines that speak Dovecot's authentication protocol.
"""

import base64
import mailbox
import os
import pwd
import shutil
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.postgres import _free_port

PROGRAM = Path("/usr/sbin/postfix")
DOMAIN = "example.test"

#: Why it cannot run here, "" where it can: its master needs root, to give each part as little right as it needs.
MISSING = "" if PROGRAM.exists() and os.geteuid() == 0 else "Postfix is not installed, or we are not root"

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
myhostname = mail.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
alias_maps =
alias_database =
virtual_mailbox_domains = example.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {mailboxes} }}
virtual_alias_maps = inline:{{ moved@example.test=nobody@example.test }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
default_transport = error:5.4.1 nothing goes outside
relay_transport = error:5.4.1 nothing goes outside
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_chain_files = {folder}/server.pem
smtpd_tls_security_level = may
smtpd_tls_session_cache_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = yes
"""

MASTER = """
127.0.0.1:{plain}  inet n - n - - smtpd
127.0.0.1:{tls}    inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:{login}  inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
error     unix - - n - - error
retry     unix - - n - - error
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running mail server and its ports."""

    folder: Path
    plain: int
    tls: int
    login: int

    def maildir(self, name: str) -> Path:
        return self.folder / "mail" / name

    def mails(self, name: str, *, at_least: int = 1) -> list[EmailMessage]:
        """What arrived for somebody; waits until it is so many."""
        until = time.monotonic() + 30
        while True:
            # Postfix makes its three folders one after the other, at the first mail.
            is_whole = all((self.maildir(name) / part).is_dir() for part in ("tmp", "new", "cur"))
            box = mailbox.Maildir(self.maildir(name)) if is_whole else None
            keys = sorted(box.keys()) if box is not None else []
            if box is not None and len(keys) >= at_least:
                return [message_from_bytes(box.get_bytes(key), policy=default) for key in keys]
            log = self.folder / "log" / "mail.log"
            assert time.monotonic() < until, log.read_text() if log.exists() else "nothing was logged"
            time.sleep(0.05)


class _Logins(socketserver.StreamRequestHandler):
    """Dovecot's authentication protocol, version 1, as far as PLAIN needs it."""

    def handle(self) -> None:
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00\nDONE\n")
        for line in self.rfile:
            verb, number, *fields = line.decode().rstrip("\n").split("\t")
            if verb == "AUTH":
                given = next(part[5:] for part in fields if part.startswith("resp="))
                good = base64.b64decode(given).split(b"\0")[1:] == [b"user", b"p@ss:word"]
                self.wfile.write(f"{'OK' if good else 'FAIL'}\t{number}\tuser=user\n".encode())


@contextmanager
def running(certificate: Path, *names: str) -> Iterator[Postfix]:
    """Start it with mailboxes for these names, and stop it at the end."""
    # Its parts run as users of their own, who must be able to get there.
    folder = Path("/tmp") / f"policywatch-postfix-{os.getpid()}"
    folder.mkdir(mode=0o755)
    user = pwd.getpwnam("postfix")
    for name in ("config", "queue", "data", "mail", "log"):
        (folder / name).mkdir(mode=0o755)
    for name in ("data", "mail"):
        os.chown(folder / name, user.pw_uid, user.pw_gid)
    public, mark, private = certificate.read_text().partition("-----BEGIN PRIVATE KEY-----")
    (folder / "server.pem").write_text(mark + private + public)  # Postfix wants the key first
    logins = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Logins)
    logins.daemon_threads = True
    threading.Thread(target=logins.serve_forever, daemon=True).start()
    server = Postfix(folder, _free_port(), _free_port(), _free_port())
    mailboxes = ", ".join(f"{{ {name}@{DOMAIN} = {name}/ }}" for name in names)
    fields = {"folder": folder, "uid": user.pw_uid, "gid": user.pw_gid, "mailboxes": mailboxes}
    (folder / "config" / "main.cf").write_text(MAIN.format(**fields, auth=logins.server_address[1]))
    (folder / "config" / "master.cf").write_text(
        MASTER.format(plain=server.plain, tls=server.tls, login=server.login).lstrip()
    )
    try:
        _postfix(folder, "start")
        yield server
    finally:
        _postfix(folder, "stop")
        logins.shutdown()
        logins.server_close()
        shutil.rmtree(folder, ignore_errors=True)


def _postfix(folder: Path, verb: str) -> None:
    done = subprocess.run(
        [PROGRAM, "-c", folder / "config", verb], check=False, capture_output=True, text=True, cwd="/", timeout=60
    )
    assert done.returncode == 0, f"postfix {verb}: {done.stdout}{done.stderr}"
