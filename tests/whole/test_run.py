"""`make run`: starts everything, ends everything, keeps the data."""

import json
import socket
from dataclasses import replace

import pytest
import requests

from tests.waiting import PATIENCE


def test_everything_comes_up_and_ends_with_ctrl_c(new_product):
    new_product.start()
    password = new_product.password
    assert password in new_product.output
    for name in ("redis", "emulator", "web", "worker", "beat", "smtp"):
        assert f"{name:9} is up" in new_product.output
    assert "User: admin" in new_product.output
    assert new_product.url in new_product.output
    status, printed = new_product.manage(
        "enqueue", "--to", "a@contoso.example", "--subject", "kept", "--text", "Hello"
    )
    assert (status, printed.strip()) == (0, "1")

    assert new_product.stop() == 0

    assert new_product.left_over() == []
    new_product.start()
    assert password not in new_product.output
    assert f"User: admin   (password: in {new_product.folder}/admin_password)" in new_product.output
    assert '"pending": 1' in new_product.manage("queue", "--json")[1]


def test_manage_in_another_shell_knows_the_ports_while_it_runs(new_product):
    new_product.start()
    shell = replace(new_product, environment=without_ports(new_product.environment))

    checks = {c["check"]: c for c in json.loads(shell.manage("doctor", "--json")[1])["checks"]}

    assert checks["public_address"]["detail"] == new_product.url
    assert checks["tls"]["state"] == checks["connection"]["state"] == "ok"
    new_product.stop()
    told = json.loads(shell.manage("doctor", "--json", "--local")[1])["checks"]
    assert "http://localhost:8000" in json.dumps(told)


def without_ports(environment):
    return {name: value for name, value in environment.items() if not name.endswith("PORT")}


# It is what a sign-in and a Save leave behind.
SIGN_IN_FOR_REAL = """
from django.utils import timezone
from notifications.models import EmailSettings, MicrosoftAccount
row, now = EmailSettings.objects.current(), timezone.now()
row.service = "exchange-online"
row.use(MicrosoftAccount.objects.create(
    tid="t", oid="o", address="desk@contoso.example", cloud="global", signed_in_at=now,
    bucket_at=now,
))
row.save()
"""


def test_a_lost_variable_does_not_lead_back_into_practice(new_product):
    new_product.start()
    assert "Practice mode" in new_product.output
    assert new_product.manage("shell", "--command", SIGN_IN_FOR_REAL)[0] == 0
    new_product.stop()

    new_product.start()

    assert "Practice mode" not in new_product.output
    assert "MAILCONNECTOR_CLOUD is not set" in new_product.output
    assert "emulator  is up" not in new_product.output
    status = json.loads(new_product.manage("queue", "--json")[1])
    assert [each["code"] for each in status["obstacles"]] == ["cloud_not_named"]
    login = requests.get(f"{new_product.url}/login/", timeout=PATIENCE).text
    assert "Practice mode" not in login
    new_product.stop()

    new_product.environment["MAILCONNECTOR_CLOUD"] = "emulator"
    assert "Practice mode" in new_product.start().output


@pytest.mark.parametrize(
    "variable",
    ["PORT", "MAILCONNECTOR_EMULATOR_HTTP_PORT", "MAILCONNECTOR_EMULATOR_HTTPS_PORT"],
)
def test_a_taken_port_is_a_clear_message(new_product, variable):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(new_product.environment[variable])))
        other.listen()
        process = new_product.popen("-m", "mailconnector.run")
        output, _nothing = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert f"port {new_product.environment[variable]} is taken" in output
    assert f"{variable}=" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("MAILCONNECTOR_CLOUD", "mars", "must be one of"),
        ("MAILCONNECTOR_PUBLIC_URL", "mail.contoso.example", "must be a full URL"),
        ("MAILCONNECTOR_OIDC_ISSUER", "http://idp.example", "begins with https://"),
        ("PORT", "many", "must be a whole number"),
        ("PORT", "70000", "must be from 1 to 65535"),
        ("MAILCONNECTOR_LOGIN_TRIES", "0", "must be from 1"),
        ("MAILCONNECTOR_LOG_LEVEL", "debug", "must be one of"),
        ("MAILCONNECTOR_ADMIN_PASSWORD_FILE", "/nowhere", "No such file"),
        ("MAILCONNECTOR_CLIENT_SECRET_FILE", "/nowhere", "No such file"),
    ],
)
def test_a_wrong_variable_is_named(new_product, variable, value, words):
    new_product.environment[variable] = value
    process = new_product.popen("-m", "mailconnector.run")
    output, _nothing = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert variable in output
    assert words in output
    assert "Traceback" not in output
