"""Ports for trials: nobody else's, and none that the system gives to outgoing connections."""

import socket

import pytest

from services.local.free_ports import free_ports


def test_given_ports_then_all_differ_can_be_listened_on_and_lie_below_outgoing_connections() -> None:
    ports = [*free_ports(11), *free_ports(3)]
    assert len(set(ports)) == 14
    assert all(10_240 <= port < 32_768 for port in ports)
    for port in ports:
        with socket.socket() as server:
            server.bind(("127.0.0.1", port))


def test_given_a_port_in_use_then_another_is_found() -> None:
    [port] = free_ports(1)
    with socket.socket() as server:
        server.bind(("127.0.0.1", port + 1))
        assert port + 1 not in free_ports(5)


def test_given_more_than_there_are_then_it_is_said() -> None:
    with pytest.raises(OSError, match="free ports"):
        free_ports(1_000)
