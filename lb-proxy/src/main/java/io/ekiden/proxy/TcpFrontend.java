package io.ekiden.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Service ports in TCP mode and virtual addresses: each connection goes to one backend, round
/// robin, and bytes pass as they are. One side is read only as fast as the other takes; a side that
/// has said all is told so to the other, which may go on speaking. Both ends of a connection are on
/// one event loop.
// What a future of Netty says here, the handlers and close futures hear as well.
@SuppressWarnings("FutureReturnValueIgnored")
final class TcpFrontend {
    private static final int BACKLOG = 1024;

    private final ProxyConfig config;
    private final Routing routing;
    private final EventLoopGroup acceptors;
    private final EventLoopGroup loops;
    private final AddressResolverGroup<InetSocketAddress> resolver;
    private final AtomicInteger clients;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();

    /// @param resolver of host names, without blocking
    /// @param clients counts the client connections of all listeners
    TcpFrontend(
            ProxyConfig config,
            Routing routing,
            EventLoopGroup acceptors,
            EventLoopGroup loops,
            AddressResolverGroup<InetSocketAddress> resolver,
            AtomicInteger clients) {
        this.config = config;
        this.routing = routing;
        this.acceptors = acceptors;
        this.loops = loops;
        this.resolver = resolver;
        this.clients = clients;
    }

    /// Listens on a service port; closing the channel ends that and leaves connections alone.
    Future<Channel> listen(String address, int servicePort) {
        return listen(
                new InetSocketAddress(address, servicePort),
                () -> routing.table().port(servicePort),
                config.frontends().proxies());
    }

    /// Listens on an address.
    ///
    /// @param route asked for each connection; without one it is closed
    /// @param proxies whose connections begin with a header of the PROXY protocol
    Future<Channel> listen(
            InetSocketAddress address, Supplier<Optional<Route>> route, Networks proxies) {
        var bound =
                new ServerBootstrap()
                        .group(acceptors, loops)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOCATOR, PlainClient.BUFFERS)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel client) {
                                        accepted(client, route, proxies);
                                    }
                                })
                        .bind(address);
        return Future.future(promise ->
                bound.addListener(done -> {
                    if (done.isSuccess()) {
                        promise.complete(bound.channel());
                    } else {
                        promise.fail(done.cause());
                    }
                }));
    }

    /// Ends a listener.
    static Future<Void> close(Channel listener) {
        return Future.future(promise -> listener.close().addListener(_ -> promise.complete()));
    }

    /// Waits for the connections to end, and closes those that are left.
    void close(Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        try {
            for (var channel : open) {
                channel.closeFuture().await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(Channel::close);
    }

    private void accepted(Channel client, Supplier<Optional<Route>> route, Networks proxies) {
        if (clients.incrementAndGet() > ProxyConfig.MAX_CONNECTIONS) {
            clients.decrementAndGet();
            client.close();
            return;
        }
        open.add(client);
        client.closeFuture()
                .addListener(_ -> {
                    open.remove(client);
                    clients.decrementAndGet();
                });
        var ends =
                new Ends(
                        (InetSocketAddress) client.remoteAddress(),
                        (InetSocketAddress) client.localAddress());
        if (proxies.contain(ends.from.getAddress().getAddress())) {
            client.pipeline().addLast(new HeaderReader(ends, named -> begin(client, named, route)));
            client.eventLoop().execute(client::read);
        } else {
            begin(client, ends, route);
        }
    }

    private void begin(Channel client, Ends ends, Supplier<Optional<Route>> route) {
        route.get()
                .filter(found -> found.admits(ends.address()))
                .ifPresentOrElse(
                        found -> connect(client, found, ends, new ArrayList<>(1)), client::close);
    }

    /// Whom a connection is of, and where that one connected to.
    private record Ends(InetSocketAddress from, InetSocketAddress to) implements Requester {
        @Override
        public String address() {
            return from.getAddress().getHostAddress();
        }
    }

    /// What follows the header waits until there is a backend.
    private final class HeaderReader extends ProxyHeaderReader {
        private final Ends ends;
        private final Consumer<Ends> then;

        HeaderReader(Ends ends, Consumer<Ends> then) {
            this.ends = ends;
            this.then = then;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            var timer =
                    ctx.executor()
                            .schedule(
                                    () -> closeUnlessRead(ctx),
                                    config.timeouts().header().toNanos(),
                                    TimeUnit.NANOSECONDS);
            ctx.channel().closeFuture().addListener(_ -> timer.cancel(false));
        }

        @Override
        void read(ChannelHandlerContext ctx, ProxyProtocol.Reading.Header header) {
            then.accept(new Ends(header.from().orElse(ends.from), header.to().orElse(ends.to)));
        }
    }

    private void connect(Channel client, Route route, Ends requester, List<Backend> tried) {
        var next = route.acquire(tried, System.nanoTime(), requester);
        if (next.isEmpty() || !client.isOpen() || tried.size() > route.retries()) {
            next.ifPresent(Backend::release);
            client.close();
            return;
        }
        var backend = next.get();
        tried.add(backend);
        new Bootstrap()
                .group(client.eventLoop())
                .resolver(resolver)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PlainClient.BUFFERS)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        (int) config.timeouts().connect().toMillis())
                .handler(new ChannelInboundHandlerAdapter())
                .connect(backend.host(), backend.port())
                .addListener(
                        (ChannelFutureListener)
                                done -> {
                                    if (done.isSuccess()) {
                                        backend.reached();
                                        join(client, done.channel(), backend, requester);
                                    } else {
                                        backend.eject(System.nanoTime());
                                        backend.release();
                                        connect(client, route, requester, tried);
                                    }
                                });
    }

    private void join(Channel client, Channel server, Backend backend, Ends ends) {
        server.closeFuture().addListener(_ -> backend.release());
        if (!client.isOpen()) {
            server.close();
            return;
        }
        var pair = new Pair(client, server, config.timeouts().tunnel().toNanos());
        client.pipeline().addLast(new Side(pair, server));
        server.pipeline().addLast(new Side(pair, client));
        backend.upstream()
                .header()
                .ifPresent(version ->
                        server.writeAndFlush(ProxyProtocol.header(version, ends.from, ends.to)));
        if (client.pipeline().get(HeaderReader.class) != null) {
            client.pipeline().remove(HeaderReader.class);
        }
        pair.watch();
        client.read();
        server.read();
    }

    /// The two ends of one connection.
    private static final class Pair {
        private final Channel client;
        private final Channel server;
        private final long idleNanos;
        private long lastMove = System.nanoTime();
        private int ended;

        Pair(Channel client, Channel server, long idleNanos) {
            this.client = client;
            this.server = server;
            this.idleNanos = idleNanos;
        }

        void moved() {
            lastMove = System.nanoTime();
        }

        /// One side has said all; when both have, nothing is left to do.
        void ended() {
            ended++;
            if (ended == 2) {
                close();
            }
        }

        void close() {
            finish(client);
            finish(server);
        }

        /// Closes once all that was written is out.
        private static void finish(Channel channel) {
            if (channel.isActive()) {
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }

        void watch() {
            long left = idleNanos - (System.nanoTime() - lastMove);
            if (left <= 0) {
                close();
            } else {
                var timer = client.eventLoop().schedule(this::watch, left, TimeUnit.NANOSECONDS);
                client.closeFuture().addListener(_ -> timer.cancel(false));
            }
        }
    }

    /// What one end says goes to the other.
    private static final class Side extends ChannelInboundHandlerAdapter {
        private final Pair pair;
        private final Channel other;

        Side(Pair pair, Channel other) {
            this.pair = pair;
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            pair.moved();
            if (other.isActive()) {
                other.write(bytes).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            } else {
                ReferenceCountUtil.release(bytes);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            other.flush();
            if (other.isWritable()) {
                ctx.read();
            }
        }

        /// This end takes bytes again: the other may be read on.
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                pair.moved();
                other.read();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                other.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(_ -> ((DuplexChannel) other).shutdownOutput());
                pair.ended();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            pair.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
