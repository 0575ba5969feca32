"""`python mail_server.py USER PASSWORD`: prints its port, then each mail it takes."""

import asyncio
import sys
from email import message_from_bytes
from json import dumps

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Postman:
    async def handle_DATA(  # noqa: N802  the library's name
        self, _server: object, _session: object, it: Envelope
    ) -> str:
        told = message_from_bytes(it.content)
        text = told.get_payload(decode=True).decode()
        line = {"from": it.mail_from, "to": it.rcpt_tos, "subject": told["Subject"]}
        say(dumps({**line, "text": text}))
        return "250 OK"


def may(_server: object, _session: object, _envelope: object, _how: str, who: object):
    known = tuple(word.encode() for word in sys.argv[1:3])
    given = isinstance(who, LoginPassword) and (who.login, who.password)
    return AuthResult(success=given == known)


async def main() -> None:
    def connection() -> SMTP:
        return SMTP(
            Postman(),
            authenticator=may,
            auth_required=True,
            auth_require_tls=False,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0)
    say(server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
