# Poolhouse in development mode, in one small image.
#
#   docker build -t poolhouse .
#   docker run --rm -p 127.0.0.1:9229:9229 poolhouse
#
# Development mode checks no signatures and shows every mail: publish the port on loopback only, as above.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin poolhouse \
    && cp target/release/poolhouse /usr/local/bin/poolhouse

FROM debian:bookworm-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/bin/poolhouse /usr/local/bin/poolhouse
RUN useradd --system --uid 9229 --home-dir /data poolhouse \
    && mkdir -m 0700 /data \
    && chown poolhouse: /data
USER poolhouse
WORKDIR /data
VOLUME /data
# A container has to listen on all of its own interfaces; who may reach them is decided when its port is published.
ENV POOLHOUSE_BIND=0.0.0.0 \
    POOLHOUSE_ALLOW_NON_LOOPBACK=true \
    POOLHOUSE_DATA_DIR=/data \
    POOLHOUSE_PUBLIC_URL=http://localhost:9229
EXPOSE 9229
# Often, for others wait for it; without --start-interval, which engines before 25 refuse.
HEALTHCHECK --interval=2s --timeout=3s --start-period=60s CMD ["poolhouse", "health"]
ENTRYPOINT ["poolhouse"]
CMD ["dev"]
