package io.ekiden.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.net.NetServerOptions;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/// Vert.x' transport, with an eye on every connection to a lane before Vert.x has it: the lane
/// counts it from the beginning on, a trusted proxy's header is taken off it, and of HTTP/2 without
/// TLS only prior knowledge is taken. (An upgrade to it would begin with a request that is read as
/// HTTP/1.1, of which Vert.x makes one of HTTP/2 without asking whether it is one.)
final class Arrivals extends NioTransport {
    /// What is upgraded to, and what Vert.x calls its handler that waits for it.
    private static final String UPGRADE = "h2c";

    private final Networks proxies;
    private final IntPredicate passedBy;
    private final Map<EventLoop, Lane> lanes = new ConcurrentHashMap<>();

    /// @param proxies which begin each connection with a header of the PROXY protocol
    /// @param passedBy ports of listeners that are no lane's
    Arrivals(Networks proxies, IntPredicate passedBy) {
        this.proxies = proxies;
        this.passedBy = passedBy;
    }

    /// The Vert.x whose transport this is.
    Vertx vertx(VertxOptions options) {
        return VertxBootstrap.create().options(options).transport(this).init().vertx();
    }

    /// What arrives on the event loop is the lane's.
    void register(EventLoop loop, Lane lane) {
        lanes.put(loop, lane);
    }

    @Override
    public void configure(
            NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
        bootstrap.handler(
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        if (message instanceof Channel client) {
                            client.pipeline().addFirst(new Arrival());
                        }
                        ctx.fireChannelRead(message);
                    }
                });
    }

    /// On one connection until Vert.x knows what is spoken.
    private final class Arrival extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            var client = ctx.channel();
            var lane = lanes.get(client.eventLoop());
            var here = (InetSocketAddress) client.localAddress();
            if (lane == null || here == null || passedBy.test(here.getPort())) {
                ctx.pipeline().remove(this);
                return;
            }
            lane.arrived(client);
            lane.plain(client, here.getPort()).ifPresent(plain -> ctx.pipeline().addFirst(plain));
            var peer = ((InetSocketAddress) client.remoteAddress()).getAddress();
            if (proxies.contain(peer.getAddress())) {
                ctx.pipeline().addFirst(new ProxyHeaderReader.OfHttp());
            }
        }

        /// Byte by byte until it is decided: so no request is complete before the handler is there
        /// that looks at it.
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var pipeline = ctx.pipeline();
            if (!(message instanceof ByteBuf bytes)) {
                ctx.fireChannelRead(message);
                return;
            }
            while (pipeline.get(Http1xOrH2CHandler.class) != null && bytes.readableBytes() > 1) {
                ctx.fireChannelRead(bytes.readRetainedSlice(1));
            }
            if (pipeline.get(Http1xOrH2CHandler.class) != null) {
                ctx.fireChannelRead(bytes);
                return;
            }
            if (pipeline.get(UPGRADE) != null) {
                pipeline.addBefore(UPGRADE, null, new NoUpgrade());
            }
            ctx.fireChannelRead(bytes);
            if (!ctx.isRemoved()) {
                pipeline.remove(this);
            }
        }
    }

    /// Vert.x looks at the first request alone, and so does this.
    private static final class NoUpgrade extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest request) {
                if (request.headers().contains(HttpHeaderNames.UPGRADE, UPGRADE, true)) {
                    request.headers().remove(HttpHeaderNames.UPGRADE);
                }
                ctx.pipeline().remove(this);
            }
            ctx.fireChannelRead(message);
        }
    }
}
