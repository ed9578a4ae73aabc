"""JSON batching."""

import pytest

from tests.exchange_emulator.test_sending import people

JSON = {"Content-Type": "application/json"}
MESSAGE = {"subject": "Hello", "toRecipients": people("ann@example.org")}


def batch(emulator, token, *requests):
    return emulator.graph(token, "POST", "/$batch", json={"requests": list(requests)})


def step(number, method, url, **more):
    return {"id": number, "method": method, "url": url, **more}


def test_steps_have_their_own_answers(emulator, token):
    answer = batch(
        emulator,
        token,
        step("1", "POST", "/me/sendMail", headers=JSON, body={"message": MESSAGE}),
        step("2", "GET", "/me?$select=id"),
        step("3", "GET", "/me/messages/nonsense"),
        step("4", "GET", "/me", dependsOn=["3"]),
    )
    assert answer.status_code == 200
    responses = answer.json()["responses"]
    assert [(each["id"], each["status"]) for each in responses] == [
        ("1", 202),
        ("2", 200),
        ("3", 400),
        ("4", 424),
    ]
    assert "body" not in responses[0]
    assert responses[2]["body"]["error"]["code"] == "ErrorInvalidIdMalformed"
    assert len(emulator.messages()) == 1


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [step(str(number), "GET", "/me") for number in range(21)],
        [step("1", "GET", "/me"), step("1", "GET", "/me")],
        [step("1", "GET", "/me", dependsOn=["2"])],
        [step("1", "GET", "")],
        [step("1", "POST", "/$batch", headers=JSON, body={"requests": []})],
        [step("1", "GET", "/me", colour="red")],
        [step("1", "POST", "/me", body={}, dependsOn="2")],
    ],
)
def test_a_batch_that_makes_no_sense_is_refused(emulator, token, requests):
    assert batch(emulator, token, *requests).status_code == 400


def test_a_body_needs_its_content_type(emulator, token):
    answer = batch(emulator, token, step("1", "POST", "/me/messages", body=MESSAGE))
    assert answer.json()["responses"][0]["status"] == 400
