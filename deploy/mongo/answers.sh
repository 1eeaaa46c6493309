#!/bin/bash
# Whether mongod answers: asks `hello` over the wire. The image of the database needs no shell of its own for this.
exec 3<>"/dev/tcp/127.0.0.1/${1:-27017}" || exit 1
# shellcheck disable=SC2016 # $db is part of the message
# OP_MSG, 52 bytes: {hello: 1, $db: "admin"}
printf '\x34\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0\x1f\0\0\0\x10hello\0\1\0\0\0\2$db\0\6\0\0\0admin\0\0' >&3
[ "$(timeout 3 head -c 16 <&3 | wc -c)" = 16 ]
