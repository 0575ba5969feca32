"""How many requests a key may make, alone and over several replicas."""

import asyncio

import pytest
import redis.asyncio as aioredis
from redis.exceptions import RedisError

from inference.errors import RateLimited
from inference.rate_limit import RateLimit, RateLimiter, RedisShares


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def served(limiter: RateLimiter, requests: int, key: int = 1) -> int:
    """How many of so many requests at once are let through."""
    counts = [limiter.count(key) for _ in range(requests)]
    outcomes = await asyncio.gather(*counts, return_exceptions=True)
    assert all(o is None or isinstance(o, RateLimited) for o in outcomes)
    return outcomes.count(None)


@pytest.mark.parametrize("text", ["", "100", "0/minute", "-1/minute", "5/year", "a/b"])
def test_a_limit_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match="100/minute"):
        RateLimit.parse(text)


@pytest.mark.asyncio
async def test_a_key_gets_its_requests_per_window_and_keys_do_not_share():
    clock = Clock()
    limiter = RateLimiter(RateLimit.parse("7/minute"), clock=clock)
    assert await served(limiter, 20) == 7
    assert await served(limiter, 20, key=2) == 7
    clock.now += 60
    assert await served(limiter, 20) == 7


@pytest.mark.asyncio
async def test_the_refusal_says_how_long_to_wait():
    clock = Clock()
    limiter = RateLimiter(RateLimit(1, 60), clock=clock)
    await limiter.count(1)
    with pytest.raises(RateLimited) as refusal:
        await limiter.count(1)
    assert refusal.value.headers == {"retry-after": "20"}


@pytest.mark.asyncio
@pytest.mark.xdist_group("redis")
@pytest.mark.parametrize("count", [3, 100, 120])
async def test_replicas_together_never_exceed_the_limit(redis_url, count):
    async with aioredis.Redis.from_url(redis_url) as client:
        await client.flushdb()
        clock, limit = Clock(), RateLimit(count, 60)
        replicas = [RateLimiter(limit, RedisShares(client), clock) for _ in range(3)]
        got = [await served(replica, count) for replica in replicas]
        assert sum(got) == count


@pytest.mark.asyncio
async def test_without_redis_each_replica_counts_for_itself():
    class Broken:
        async def take(self, key_id: int, window: int, limit: RateLimit) -> int:
            raise RedisError("down")

    limiter = RateLimiter(RateLimit(4, 60), Broken(), Clock())
    assert await served(limiter, 9) == 4


@pytest.mark.asyncio
async def test_the_service_refuses_with_429_and_only_counts_known_keys(world, serve):
    project = world.project()
    model, key = world.model(project), world.key(project)
    client = await serve(inference_rate_limit=RateLimit(2, 86400))
    wrong = key[:13] + key[13:][::-1]
    for _ in range(5):
        assert (await client.predict(f"{model}", wrong)).status_code == 401
    statuses = [(await client.predict(f"{model}", key)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = await client.http.get("/models", headers={"X-API-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
