"""Health, asked of a database that is really away."""

import socket

import pytest
from django.db import connections
from django.utils.connection import ConnectionProxy
from rest_framework.test import APIClient

from recotem.core import health


@pytest.fixture
def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.django_db
def test_health_tells_the_truth_about_a_database_that_is_down(monkeypatch, closed_port):
    away = {
        **connections["default"].settings_dict,
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "recotem",
        "HOST": "127.0.0.1",
        "PORT": closed_port,
        "PASSWORD": "the password is secret",
        "OPTIONS": {"connect_timeout": 2},
    }
    handler = type(connections)({"default": away})
    monkeypatch.setattr(health, "connection", ConnectionProxy(handler, "default"))
    answer = APIClient().get("/api/v1/health/")
    assert answer.status_code == 503
    assert answer.json()["database"] == answer.json()["status"] == "unavailable"
    assert "secret" not in answer.content.decode()
    assert str(closed_port) not in answer.content.decode()
