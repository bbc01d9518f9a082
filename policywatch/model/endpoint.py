"""Ask an OpenAI-compatible endpoint, within limits of time and size.

The endpoint may be on this machine or in a private network: unlike the address of a page it comes from the owner's own
settings. It is asked directly, not through a proxy; redirects are not followed, and what it says about itself (headers,
cookies, errors) is neither kept nor shown. The key is sent in one header and is nowhere else.
"""

import asyncio
import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from diffs.engine.rephrasing import Model
from diffs.errors import ModelSilent
from diffs.rephrasing.question import Message
from policywatch.settings import ModelSettings

#: The largest answer that is read, in bytes.
LARGEST = 200_000
#: Seconds that `doctor` waits.
PATIENCE = 5.0


class Endpoint:
    """The endpoint of one round. `clock` gives seconds that never go back."""

    def __init__(self, settings: ModelSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._until: float | None = None

    def ask(self, messages: tuple[Message, ...]) -> str:
        """The text of the model's answer to the messages of a chat.

        Raises ModelSilent if there is none in time, or if it is no answer of such an endpoint.
        """
        now = self._clock()
        self._until = now + self._settings.model_round if self._until is None else self._until
        patience = min(self._settings.model_timeout, self._until - now)
        if patience <= 0:
            raise ModelSilent("the time for this round is used up")
        body = {"model": self._settings.model_name, "messages": list(messages), "temperature": 0, "stream": False}
        body["response_format"] = {"type": "json_object"}
        return _text_of(self._request("POST", "/chat/completions", body, patience))

    def models(self) -> list[str]:
        """The names of the models that the endpoint has; those it does not tell are missing.

        Raises ModelSilent if it does not answer.
        """
        found = self._request("GET", "/models", None, PATIENCE)
        listed = found.get("data") if isinstance(found, dict) else None
        rows = listed if isinstance(listed, list) else []
        return [str(row["id"]) for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]

    def _request(self, method: str, path: str, body: dict[str, Any] | None, patience: float) -> Any:
        """The JSON that the endpoint answers with."""
        try:
            raw = asyncio.run(self._exchange(method, path, body, patience))
        except TimeoutError:
            raise ModelSilent("it did not answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # The library's own message may repeat what was sent, so only the kind of error is reported.
            raise ModelSilent(f"it cannot be reached: {type(error).__name__}") from None
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise ModelSilent("its answer is not JSON") from None

    async def _exchange(self, method: str, path: str, body: dict[str, Any] | None, patience: float) -> bytes:
        key = self._settings.model_key.get_secret_value()
        headers = {"user-agent": "policywatch", "accept": "application/json", "accept-encoding": "identity"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=patience),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            ) as session,
            session.request(
                method, f"{self._settings.model_url}{path}", json=body, headers=headers, allow_redirects=False
            ) as answer,
        ):
            if answer.status != HTTPStatus.OK:
                raise ModelSilent(f"it answered {answer.status}")
            return await _limited(answer)


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    read = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        read += piece
        if len(read) > LARGEST:
            raise ModelSilent("its answer is too large")
    return bytes(read)


def _text_of(answer: Any) -> str:
    try:
        text = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        text = None
    if not isinstance(text, str):
        raise ModelSilent("its answer has no text")
    return text


def model_of(settings: ModelSettings) -> Model | None:
    """The model that the settings name, for one round; None if they name none."""
    if not settings.model_url:
        return None
    name = settings.model_name or str(urlsplit(settings.model_url).hostname)
    return Model(name, Endpoint(settings).ask, settings.model_most)
