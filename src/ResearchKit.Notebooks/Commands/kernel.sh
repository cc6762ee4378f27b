#!/bin/sh
# Starts .NET Interactive for Jupyter: kernel.sh CONNECTION_FILE TOOL. Written by `researchkit notebook kernelspec`.
# Jupyter's interrupt is a signal, at which the tool would end. This script takes it and writes to a pipe, which the kit reads.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
pipe=$folder/interrupt
mkfifo "$pipe" || exit 1
trap 'printf i 1<>"$pipe"' INT # opened for both ways, so that it waits for no reader
trap 'kill "$kernel"' TERM
(
    trap '' INT
    RESEARCHKIT_INTERRUPT=$pipe
    export RESEARCHKIT_INTERRUPT
    exec "$2" jupyter --default-kernel csharp "$1"
) &
kernel=$!
wait "$kernel"
while kill -0 "$kernel" 2>/dev/null; do # a signal ends a wait
    wait "$kernel"
done
