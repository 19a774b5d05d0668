# syntax=docker/dockerfile:1
# The loket image: one static binary without the embedded Temporal server, as
# docker-compose.yml runs it. The first stage has Go, the second nothing else.

FROM golang:1.26-bookworm AS build
ENV CGO_ENABLED=0 GOMODCACHE=/cache/modules GOCACHE=/cache/build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/cache go mod download
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/cache \
    go build -tags slim -trimpath -buildvcs=false -ldflags="-s -w -X main.version=${VERSION}" -o /out/loket ./cmd/loket && \
    mkdir -m 0700 /out/data /out/keys

# Certificates and time zones, no shell, user 65532.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/loket /usr/local/bin/loket
# A fresh named volume takes its owner from here.
COPY --from=build --chown=65532:65532 /out/data /var/lib/loket
COPY --from=build --chown=65532:65532 /out/keys /var/lib/loket-keys
ENV LOKET_LISTEN=:8080 LOKET_DATA_DIR=/var/lib/loket LOKET_KEYRING_FILE=/var/lib/loket-keys/keyring.json LOKET_LOG_FORMAT=json
EXPOSE 8080
VOLUME ["/var/lib/loket", "/var/lib/loket-keys"]
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/local/bin/loket", "check", "health"]
ENTRYPOINT ["/usr/local/bin/loket"]
CMD ["serve"]
