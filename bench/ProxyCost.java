import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a request costs at the load balancer, at HAProxy and at nginx, side by side: one process each
/// with one thread for traffic, the same client (wrk) and the same backend (nginx) for all, taken in
/// turns.
///
///     ./ekiden up --detach --data-dir /tmp/bench --cpus 8
///     java -cp 'standalone/target/lib/*' bench/ProxyCost.java /tmp/bench 8 3 [CASE...]
///     ./ekiden down --data-dir /tmp/bench
///
/// Seconds for each measurement and rounds; needs wrk, haproxy, nginx and openssl. CPU is what the
/// process used, all threads of it (a JVM's compiler and collector, too), by /proc/PID/stat, divided by
/// the requests that wrk counts; figures are medians of the rounds. All three choose the backend by
/// the host, add X-Forwarded-For, -Port and -Proto, pool their connections to the backend, know how
/// to retry, and log nothing.
public final class ProxyCost {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int WARM_SECONDS = 20;
    private static final int WARM_AGAIN_SECONDS = 4;

    /// @param name `http`, `tls` or `tcp`
    /// @param size of a body
    private record Case(String name, String size, int connections) {
        @Override
        public String toString() {
            return name + "-" + size + "-" + connections;
        }
    }

    private record Ports(String host, int http, int tls, int tcp) {
        URI uri(Case one) {
            int port =
                    switch (one.name()) {
                        case "tls" -> tls;
                        case "tcp" -> tcp;
                        default -> http;
                    };
            return URI.create(
                    "%s://%s:%d/%s"
                            .formatted(one.name().equals("tls") ? "https" : "http", host, port, one.size()));
        }
    }

    private record Proxy(String name, Process process, Ports ports) {
        /// Of all its threads, in seconds; nginx' one worker is a child of the process.
        double cpu() throws IOException {
            return ticks(11) + ticks(12);
        }

        double kernel() throws IOException {
            return ticks(12);
        }

        private double ticks(int field) throws IOException {
            double ticks = ticks(process.pid(), field);
            for (var child : process.children().toList()) {
                ticks += ticks(child.pid(), field);
            }
            return ticks / 100;
        }

        double megabytes() throws IOException {
            double all = resident(process.pid());
            for (var child : process.children().toList()) {
                all += resident(child.pid());
            }
            return all / 1024;
        }

        private static double ticks(long pid, int field) throws IOException {
            var stat = Files.readString(Path.of("/proc/%d/stat".formatted(pid)));
            return Double.parseDouble(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
        }

        private static double resident(long pid) throws IOException {
            var status = Files.readString(Path.of("/proc/%d/status".formatted(pid)));
            var matcher = Pattern.compile("VmRSS:\\s+(\\d+)").matcher(status);
            return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
        }
    }

    /// @param micros of CPU for each request
    /// @param kernel of these, within the kernel
    /// @param p99 in milliseconds, of a client that asks as fast as it is answered
    private record Figure(double micros, double kernel, double rate, double p99) {}

    private final Path place;
    private final URI api;
    private final String kafka;
    private final int seconds;
    private final int rounds;

    private ProxyCost(Path data, int seconds, int rounds) throws IOException {
        var instance = new ObjectMapper().readTree(data.resolve("ekiden.json").toFile());
        this.api = URI.create(instance.get("api").asText());
        this.kafka = instance.get("kafka").asText();
        this.place = Files.createTempDirectory("proxy-cost");
        this.seconds = seconds;
        this.rounds = rounds;
    }

    public static void main(String[] args) throws Exception {
        var bench = new ProxyCost(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        bench.run(List.of(args).subList(3, args.length));
    }

    private void run(List<String> wanted) throws Exception {
        certificate();
        Files.write(place.resolve("1k"), new byte[1 << 10]);
        Files.write(place.resolve("100k"), new byte[100 << 10]);
        var proxies = new ArrayList<Proxy>();
        try {
            var backend = deploy();
            proxies.add(ekiden());
            proxies.add(haproxy(backend));
            proxies.add(nginx(backend));
            int warm = WARM_SECONDS;
            for (var one : cases()) {
                if (wanted.isEmpty() || wanted.contains(one.toString())) {
                    measure(proxies, one, warm);
                    warm = WARM_AGAIN_SECONDS;
                }
            }
            for (var proxy : proxies) {
                print("%s: %.0f MiB resident at the end", proxy.name(), proxy.megabytes());
            }
        } finally {
            for (var proxy : proxies) {
                proxy.process().destroy();
                proxy.process().waitFor();
            }
        }
    }

    private static List<Case> cases() {
        var cases = new ArrayList<Case>();
        for (int connections : new int[] {16, 64, 256}) {
            for (var size : List.of("1k", "100k")) {
                cases.add(new Case("http", size, connections));
            }
        }
        cases.add(new Case("tls", "1k", 64));
        cases.add(new Case("tls", "100k", 64));
        cases.add(new Case("tcp", "1k", 64));
        cases.add(new Case("tcp", "100k", 64));
        return cases;
    }

    private void measure(List<Proxy> proxies, Case one, int warm) throws Exception {
        for (var proxy : proxies) {
            wrk(proxy, one, warm);
        }
        var figures = new ArrayList<List<Figure>>();
        proxies.forEach(_ -> figures.add(new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            for (int p = 0; p < proxies.size(); p++) {
                figures.get(p).add(wrk(proxies.get(p), one, seconds));
            }
        }
        double haproxy = median(figures.get(1), Figure::micros);
        double haproxyLate = median(figures.get(1), Figure::p99);
        for (int p = 0; p < proxies.size(); p++) {
            double micros = median(figures.get(p), Figure::micros);
            double p99 = median(figures.get(p), Figure::p99);
            print(
                    "%-14s %-8s %7.1f us CPU, %.1f in the kernel (%.2f x HAProxy) %7.0f/s p99 %6.1f ms (%.2f x)",
                    one,
                    proxies.get(p).name(),
                    micros,
                    median(figures.get(p), Figure::kernel),
                    micros / haproxy,
                    median(figures.get(p), Figure::rate),
                    p99,
                    p99 / haproxyLate);
        }
    }

    private Figure wrk(Proxy proxy, Case one, int seconds) throws Exception {
        double before = proxy.cpu();
        double kernelBefore = proxy.kernel();
        var wrk =
                start(
                        List.of(
                                "wrk",
                                "-t1",
                                "-c" + one.connections(),
                                "-d" + seconds + "s",
                                "--latency",
                                "-H",
                                "Host: bench.example",
                                proxy.ports().uri(one).toString()),
                        "wrk.log");
        wrk.waitFor();
        var text = Files.readString(place.resolve("wrk.log"));
        double used = proxy.cpu() - before;
        double kernel = proxy.kernel() - kernelBefore;
        if (text.contains("Non-2xx") || text.contains("Socket errors")) {
            print("%s %s: %s", proxy.name(), one, text);
        }
        var requests = find("(\\d+) requests in", text);
        double count = Double.parseDouble(requests.group(1));
        var rate = find("Requests/sec:\\s+([\\d.]+)", text);
        var late = find("99%\\s+([\\d.]+)(us|ms|s)", text);
        double unit = late.group(2).equals("us") ? 1e-3 : late.group(2).equals("ms") ? 1 : 1e3;
        return new Figure(
                used * 1e6 / count,
                kernel * 1e6 / count,
                Double.parseDouble(rate.group(1)),
                Double.parseDouble(late.group(1)) * unit);
    }

    /// An app whose one task is nginx; its two ports.
    private int[] deploy() throws Exception {
        var config =
                """
                daemon off; worker_processes 1; pid PLACE/backend.pid; error_log stderr crit;
                events { worker_connections 4096; }
                http {
                  access_log off; keepalive_requests 100000000; sendfile on; tcp_nodelay on;
                  open_file_cache max=10; default_type text/plain;
                  server { listen 127.0.0.1:PORT0; listen 127.0.0.1:PORT1; root PLACE; }
                }
                """
                        .replace("PLACE", place.toString());
        Files.writeString(place.resolve("backend.conf"), config);
        var app = new ObjectMapper().createObjectNode();
        app.put("id", "/proxy-cost");
        app.put(
                "cmd",
                "sed \"s/PORT0/$PORT0/;s/PORT1/$PORT1/\" PLACE/backend.conf >b.conf && exec nginx -c $PWD/b.conf"
                        .replace("PLACE", place.toString()));
        app.put("cpus", 1).put("mem", 128);
        var ports = app.putArray("portDefinitions");
        ports.addObject().put("port", 0);
        ports.addObject().put("port", 0);
        app.putObject("labels")
                .put("HAPROXY_0_VHOST", "bench.example")
                .put("HAPROXY_1_MODE", "tcp")
                .put("HAPROXY_GROUP", "external");
        place.toFile().setExecutable(true, false);
        place.toFile().setReadable(true, false);
        var put =
                HttpRequest.newBuilder(api.resolve("/v2/apps/proxy-cost"))
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(app.toString()))
                        .build();
        var answer = HTTP.send(put, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(answer.body());
        }
        var get = HttpRequest.newBuilder(api.resolve("/v2/apps/proxy-cost")).build();
        while (true) {
            Thread.sleep(500);
            var tasks =
                    new ObjectMapper().readTree(HTTP.send(get, BodyHandlers.ofString()).body()).at("/app/tasks");
            if (tasks.size() == 1 && tasks.get(0).path("state").asText().equals("TASK_RUNNING")) {
                var host = tasks.get(0).get("ports");
                servicePort =
                        new ObjectMapper()
                                .readTree(HTTP.send(get, BodyHandlers.ofString()).body())
                                .at("/app/portDefinitions/1/port")
                                .asInt();
                return new int[] {host.get(0).asInt(), host.get(1).asInt()};
            }
        }
    }

    private int servicePort;

    private Proxy ekiden() throws Exception {
        var ports = new Ports("127.0.0.2", free(), free(), servicePort);
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(System.getProperty("proxy.options", "-Xmx128m -XX:+UseSerialGC").split(" ")));
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("proxy.classes", System.getProperty("java.class.path")),
                        "io.ekiden.proxy.ProxyMain",
                        "--bootstrap-servers=" + kafka,
                        "--proxy-id=bench",
                        "--bind=127.0.0.2",
                        "--lb-port=" + ports.http(),
                        "--https-port=" + ports.tls(),
                        "--admin-port=0",
                        "--ssl-certs=" + place.resolve("certs"),
                        "--service-ports=10000-10100",
                        "--virtual-addresses=127.251.0.0/24",
                        "--proxy-threads=1"));
        return ready(new Proxy("ekiden", start(command, "ekiden.log"), ports));
    }

    private Proxy haproxy(int[] backend) throws Exception {
        var ports = new Ports("127.0.0.1", free(), free(), free());
        var config =
                """
                global
                  nbthread 1
                  maxconn 4000
                defaults
                  mode http
                  timeout connect 3s
                  timeout client 60s
                  timeout server 60s
                  timeout http-request 10s
                  retries 2
                  option redispatch
                frontend http
                  bind 127.0.0.1:%d
                  bind 127.0.0.1:%d ssl crt PLACE/certs/bench.pem alpn h2,http/1.1
                  option forwardfor
                  http-request set-header X-Forwarded-Port %%[dst_port]
                  http-request set-header X-Forwarded-Proto https if { ssl_fc }
                  http-request set-header X-Forwarded-Proto http if !{ ssl_fc }
                  http-request set-header X-Forwarded-Host %%[req.hdr(host)]
                  http-request set-header Forwarded for=%%[src]
                  use_backend tasks if { hdr(host),lower bench.example }
                backend tasks
                  balance roundrobin
                  http-reuse always
                  server task 127.0.0.1:%d
                listen tcp
                  mode tcp
                  bind 127.0.0.1:%d
                  server task 127.0.0.1:%d
                """
                        .formatted(ports.http(), ports.tls(), backend[0], ports.tcp(), backend[1])
                        .replace("PLACE", place.toString());
        Files.writeString(place.resolve("haproxy.cfg"), config);
        return ready(
                new Proxy(
                        "haproxy",
                        start(List.of("haproxy", "-db", "-f", place.resolve("haproxy.cfg").toString()), "haproxy.log"),
                        ports));
    }

    private Proxy nginx(int[] backend) throws Exception {
        var ports = new Ports("127.0.0.1", free(), free(), free());
        var config =
                """
                load_module /usr/lib/nginx/modules/ngx_stream_module.so;
                daemon off; worker_processes 1; pid PLACE/nginx.pid; error_log stderr crit;
                events { worker_connections 8192; }
                http {
                  access_log off; keepalive_requests 100000000; tcp_nodelay on;
                  upstream tasks { server 127.0.0.1:%d; keepalive 300; keepalive_requests 100000000; }
                  server {
                    listen 127.0.0.1:%d; listen 127.0.0.1:%d ssl http2; server_name bench.example;
                    ssl_certificate PLACE/certs/bench.pem; ssl_certificate_key PLACE/certs/bench.pem;
                    location / {
                      proxy_pass http://tasks; proxy_http_version 1.1; proxy_set_header Connection "";
                      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                      proxy_set_header X-Forwarded-Port $server_port; proxy_set_header X-Forwarded-Proto $scheme;
                      proxy_set_header X-Forwarded-Host $host; proxy_set_header Forwarded "for=$remote_addr";
                      proxy_max_temp_file_size 0;
                    }
                  }
                }
                stream { server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; } }
                """
                        .formatted(backend[0], ports.http(), ports.tls(), ports.tcp(), backend[1])
                        .replace("PLACE", place.toString());
        Files.writeString(place.resolve("nginx.conf"), config);
        return ready(
                new Proxy(
                        "nginx",
                        start(List.of("nginx", "-c", place.resolve("nginx.conf").toString()), "nginx.log"),
                        ports));
    }

    /// Waits until it answers what is to be measured.
    private Proxy ready(Proxy proxy) throws Exception {
        for (int attempt = 0; attempt < 120; attempt++) {
            Thread.sleep(250);
            if (!proxy.process().isAlive()) {
                throw new IllegalStateException(Files.readString(place.resolve(proxy.name() + ".log")));
            }
            var curl =
                    start(
                            List.of(
                                    "curl", "-sf", "-o", "/dev/null", "-H", "Host: bench.example",
                                    proxy.ports().uri(new Case("http", "1k", 1)).toString()),
                            "curl.log");
            if (curl.waitFor() == 0) {
                return proxy;
            }
        }
        throw new IllegalStateException(proxy.name() + " does not answer; see " + place);
    }

    private void certificate() throws Exception {
        var certs = Files.createDirectories(place.resolve("certs"));
        start(
                        List.of(
                                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                                "-subj", "/CN=bench.example", "-addext", "subjectAltName=DNS:bench.example",
                                "-keyout", place.resolve("key.pem").toString(),
                                "-out", place.resolve("cert.pem").toString()),
                        "openssl.log")
                .waitFor();
        Files.writeString(
                certs.resolve("bench.pem"),
                Files.readString(place.resolve("cert.pem")) + Files.readString(place.resolve("key.pem")));
    }

    private Process start(List<String> command, String log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(place.resolve(log).toFile())
                .start();
    }

    private static Matcher find(String pattern, String text) {
        var matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return matcher;
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static double median(List<Figure> figures, ToDoubleFunction<Figure> what) {
        double[] values = figures.stream().mapToDouble(what).sorted().toArray();
        return values[values.length / 2];
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
