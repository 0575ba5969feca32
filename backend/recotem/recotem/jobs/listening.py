import asyncio
import contextlib
import logging

from channels.layers import BaseChannelLayer, get_channel_layer

from recotem.jobs.bells import listeners_of

log = logging.getLogger(__name__)
_RETRY_SECONDS = 5.0


async def listen(job_id: int, woken: asyncio.Event) -> None:
    """Set `woken` whenever the job's bell rings, until cancelled.

    Without a channel layer there are no bells. One that fails is tried again.
    """
    layer = get_channel_layer()
    while layer is not None:
        try:
            await _listen(layer, job_id, woken)
        except Exception as error:  # whatever ails the layer, the listener also polls
            log.warning("The bells of job %s are not heard: %s", job_id, error)
            await asyncio.sleep(_RETRY_SECONDS)


async def _listen(layer: BaseChannelLayer, job_id: int, woken: asyncio.Event) -> None:
    channel = await layer.new_channel()
    await layer.group_add(listeners_of(job_id), channel)
    try:
        while True:
            await layer.receive(channel)
            woken.set()
    finally:
        with contextlib.suppress(Exception):
            await layer.group_discard(listeners_of(job_id), channel)
