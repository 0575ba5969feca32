"""One HTTP request to an address that somebody else chose."""

import asyncio
import socket
import ssl

import httpx

from recotem.retraining.addresses import Refused, check_address, check_url

#: Seconds for all of it, from the name's look-up to the answer's first line.
TIME_LIMIT = 10


class Unreachable(Exception):
    """There was no answer; `str(error)` is a sentence that says why."""


def post(url: str, content: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. Its body is not read and no redirect is followed.

    Raises Unreachable. What DNS says is checked, and what was checked is connected
    to: the name is not looked up again.
    """
    try:
        return asyncio.run(_post_in_time(url, content, headers))
    except TimeoutError as error:
        raise Unreachable(f"There was no answer in {TIME_LIMIT} seconds.") from error
    except Refused as refusal:
        raise Unreachable(str(refusal)) from refusal
    except (OSError, httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"{_what(error)}: {error}"[:500]) from error


def _what(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "The name was not found"
    return "There was no answer"


async def _post_in_time(url: str, content: bytes, headers: dict[str, str]) -> int:
    async with asyncio.timeout(TIME_LIMIT):
        check_url(url)
        target = httpx.URL(url)
        return await _post_to_first(
            await _addresses(target), target, content=content, headers=headers
        )


async def _addresses(target: httpx.URL) -> list[str]:
    """All that the name stands for. Raises Refused if one of them may not be asked."""
    port = target.port or (443 if target.scheme == "https" else 80)
    host = target.raw_host.decode()
    found = await resolve(host, port)
    for address in found:
        check_address(address)
    return found


async def resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _post_to_first(
    addresses: list[str], target: httpx.URL, *, content: bytes, headers: dict[str, str]
) -> int:
    """Of the first address that takes a connection."""
    async with _client(target.scheme) as client:
        for address in addresses[:-1]:
            try:
                return await _send(client, address, target, content, headers)
            except httpx.ConnectError:
                continue
        return await _send(client, addresses[-1], target, content, headers)


def _client(scheme: str) -> httpx.AsyncClient:
    """Without proxies and .netrc of the environment; SSL_CERT_FILE counts."""
    verify: ssl.SSLContext | bool = True
    if scheme == "https":
        verify = httpx.create_ssl_context(trust_env=True)
    return httpx.AsyncClient(verify=verify, trust_env=False, timeout=TIME_LIMIT)


async def _send(
    client: httpx.AsyncClient,
    address: str,
    target: httpx.URL,
    content: bytes,
    headers: dict[str, str],
) -> int:
    """To this address, as if the name had been looked up: its host, its certificate."""
    request = client.build_request(
        "POST",
        target.copy_with(host=address),
        content=content,
        headers={**headers, "Host": target.netloc.decode(), "User-Agent": "Recotem"},
        extensions={"sni_hostname": target.raw_host.decode()},
    )
    answer = await client.send(request, stream=True)
    await answer.aclose()
    return answer.status_code
