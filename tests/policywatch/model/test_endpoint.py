"""An endpoint is asked within limits: whatever it does, it delays nobody for long and learns little."""

import json

import pytest
from pydantic import SecretStr, ValidationError

from diffs.errors import ModelSilent
from policywatch.model.endpoint import LARGEST, Endpoint, model_of
from policywatch.settings import ModelSettings
from tests.policywatch.model.fake import KEY, chat, endpoint

ASKED = ({"role": "system", "content": "task"}, {"role": "user", "content": '~\n{"lines": ["A", "B"]}\n~'})


@pytest.fixture
def fake():
    with endpoint() as found:
        yield found


def settings(fake, **more):
    return ModelSettings(model_url=fake.url, model_name="small", model_key=SecretStr(KEY), **more)


def ask(fake, **more) -> str:
    return Endpoint(settings(fake, **more)).ask(ASKED)


def test_a_good_answer_is_its_text(fake):
    assert json.loads(ask(fake)) == {"headline": "A", "points": ["B"]}
    (sent,) = fake.requests
    assert sent["path"] == "/v1/chat/completions"
    assert sent["headers"]["authorization"] == f"Bearer {KEY}"
    assert KEY.encode() not in sent["body"]
    assert json.loads(sent["body"])["model"] == "small"


def test_without_a_key_none_is_sent(fake):
    Endpoint(ModelSettings(model_url=fake.url)).ask(ASKED)

    assert "authorization" not in fake.requests[0]["headers"]


@pytest.mark.parametrize(
    ("status", "headers", "body", "why"),
    [
        (500, {}, b"oops", "answered 500"),
        (401, {}, KEY.encode(), "answered 401"),
        (302, {"location": "http://127.0.0.1:9/elsewhere"}, b"", "answered 302"),
        (200, {"content-type": "text/html"}, b"<html><body>Sign in</body></html>", "not JSON"),
        (200, {}, b"", "not JSON"),
        (200, {}, b"[" * 100_000, "not JSON"),
        (200, {}, b"\xff\xfe", "not JSON"),
        (200, {}, b"null", "no text"),
        (200, {}, b'{"choices": []}', "no text"),
        (200, {}, b'{"choices": [{"message": {"content": null}}]}', "no text"),
        (200, {}, chat("x" * 30_000_000), "too large"),
        (200, {"content-encoding": "gzip"}, b"\x1f\x8b\x08", "not JSON"),
    ],
)
def test_what_is_no_answer_is_none(fake, status, headers, body, why):
    fake.answers = lambda: (status, headers, body)

    with pytest.raises(ModelSilent, match=why) as silent:
        ask(fake)
    assert KEY not in str(silent.value)
    assert len(fake.requests) == 1


def test_an_answer_may_be_as_large_as_any_useful_one(fake):
    fake.answers = lambda: (200, {}, chat("x" * (LARGEST - 100)))

    assert len(ask(fake)) == LARGEST - 100


def test_an_endpoint_that_hangs_or_drips_is_left_in_time(fake):
    fake.hangs = True
    with pytest.raises(ModelSilent, match="in time"):
        ask(fake, model_timeout=0.2)

    fake.hangs, fake.drips = False, True
    with pytest.raises(ModelSilent, match="in time"):
        ask(fake, model_timeout=0.2)


def test_all_answers_of_a_round_share_its_time(fake):
    moments = iter([100.0, 130.0, 161.0])
    asked = Endpoint(settings(fake), clock=lambda: next(moments))

    assert asked.ask(ASKED)
    assert asked.ask(ASKED)
    with pytest.raises(ModelSilent, match="used up"):
        asked.ask(ASKED)
    assert len(fake.requests) == 2


def test_an_endpoint_that_is_not_there_is_silent():
    with pytest.raises(ModelSilent, match="cannot be reached"):
        Endpoint(ModelSettings(model_url="http://127.0.0.1:9/v1", model_key=SecretStr(KEY))).ask(ASKED)


def test_it_lists_its_models(fake):
    assert Endpoint(settings(fake)).models() == ["small", "large"]
    fake.answers = lambda: (200, {}, b'{"data": [1, {"id": 2}, {"id": "good"}]}')
    assert Endpoint(settings(fake)).models() == ["good"]
    for body in (b"[]", b'{"data": 1}'):
        fake.answers = lambda body=body: (200, {}, body)
        assert Endpoint(settings(fake)).models() == []


def test_without_an_address_there_is_no_model(fake):
    assert model_of(ModelSettings()) is None
    assert model_of(settings(fake)).name == "small"
    assert model_of(ModelSettings(model_url=fake.url)).name == "127.0.0.1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"model_url": "localhost:11434"},
        {"model_url": "ftp://example.com"},
        {"model_url": f"https://me:{KEY}@example.com/v1"},
        {"model_url": f"https://example.com/v1?key={KEY}"},
        {"model_key": f"{KEY}\nx: y"},
        {"model_key": f"{KEY} ä"},
        {"model_timeout": 0},
    ],
)
def test_settings_that_cannot_be_meant_are_refused_without_the_key(wrong):
    with pytest.raises(ValidationError) as refused:
        ModelSettings(**wrong)

    assert KEY not in str(refused.value)
    assert KEY not in repr(ModelSettings(model_key=KEY))
