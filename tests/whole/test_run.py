"""`make run`: starts everything, ends everything, keeps the data."""

import socket

import pytest

from tests.waiting import PATIENCE


def test_everything_comes_up_and_ends_with_ctrl_c(new_product):
    new_product.start()
    password = new_product.password
    assert password in new_product.output
    for name in ("redis", "emulator", "web", "worker", "beat"):
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
