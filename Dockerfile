# A static binary, run by nobody, on a file system it cannot write to:
#
#   docker build -t mrzbot .
#   docker run --read-only --env-file .env -v mrzbot:/data -p 8080:8080 --stop-timeout 40 mrzbot
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/mrzbot .
RUN mkdir -m 0700 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/mrzbot /mrzbot
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
VOLUME /data
ENV STORAGE_URL=bolt:/data/mrzbot.db
EXPOSE 8080
STOPSIGNAL SIGTERM
# It runs: whether it takes work (Telegram, the store) is /readyz's to say, and no
# reason to start it again.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/mrzbot", "healthcheck"]
ENTRYPOINT ["/mrzbot"]
