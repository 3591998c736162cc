# Build: docker build -t thanthien .
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /thanthien ./cmd/thanthien && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /thanthien /thanthien
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV THANTHIEN_DB=/data/thanthien.db
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/thanthien"]
CMD ["serve"]
