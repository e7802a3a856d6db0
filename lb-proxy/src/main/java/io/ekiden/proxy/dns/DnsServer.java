package io.ekiden.proxy.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers questions of DNS over UDP and TCP, on a thread of its own that no flood of questions
/// takes from the requests. What is no question is not answered at all.
// What a future of Netty says here, the handlers hear as well.
@SuppressWarnings("FutureReturnValueIgnored")
public final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);

    /// A question needs a few hundred; a datagram that is longer is cut, and then not understood.
    private static final int MAX_QUESTION = 4096;

    private static final int MAX_MESSAGE = 65_535;
    private static final int MAX_CONNECTIONS = 256;
    private static final int IDLE_SECONDS = 10;
    private static final int ATTEMPTS = 10;
    private static final int LENGTH_BYTES = 2;

    /// For each source of datagrams.
    private static final int BYTES_PER_SECOND = 64 << 10;

    private final DnsConfig config;
    private final Zones zones;
    private final LongAdder answered = new LongAdder();
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Allowance allowance =
            new Allowance(
                    BYTES_PER_SECOND, ThreadLocalRandom.current().nextInt(), System.nanoTime());
    private int turn;
    private int connections;
    private volatile int port;

    public DnsServer(DnsConfig config, Zones zones) {
        this.config = config;
        this.zones = zones;
    }

    /// Completes with the port of the first address once all sockets listen.
    public Future<Integer> start() {
        var bound = config.listen().stream().map(address -> bind(address, 1)).toList();
        return Future.all(bound)
                .map(_ -> bound.getFirst().result())
                .onSuccess(first -> {
                    port = first;
                    LOG.info("dns={} port={} started", config.listen(), first);
                });
    }

    /// That of the first address; 0 until it listens.
    public int port() {
        return port;
    }

    /// Questions that were answered.
    public long answered() {
        return answered.sum();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /// The same port for both; one that was picked for UDP may be another's for TCP.
    private Future<Integer> bind(InetSocketAddress address, int attempt) {
        return future(udp().bind(address))
                .compose(datagrams -> {
                    int bound = ((InetSocketAddress) datagrams.localAddress()).getPort();
                    return future(tcp().bind(address.getAddress(), bound))
                            .map(bound)
                            .recover(failure -> {
                                datagrams.close();
                                return address.getPort() == 0 && attempt < ATTEMPTS
                                        ? bind(address, attempt + 1)
                                        : Future.failedFuture(failure);
                            });
                });
    }

    private static Future<Channel> future(ChannelFuture bound) {
        return Future.future(promise ->
                bound.addListener(done -> {
                    if (done.isSuccess()) {
                        promise.complete(bound.channel());
                    } else {
                        promise.fail(done.cause());
                    }
                }));
    }

    private Bootstrap udp() {
        return new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(MAX_QUESTION))
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new DatagramDnsQueryDecoder(),
                                                new DatagramDnsResponseEncoder(new Wire.Encoder(0)),
                                                new Datagrams());
                            }
                        });
    }

    private ServerBootstrap tcp() {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                accepted(channel);
                            }
                        });
    }

    private void accepted(Channel channel) {
        if (connections == MAX_CONNECTIONS) {
            channel.close();
            return;
        }
        connections++;
        channel.closeFuture().addListener(_ -> connections--);
        channel.pipeline()
                .addLast(
                        new ReadTimeoutHandler(IDLE_SECONDS),
                        new TcpDnsQueryDecoder(DnsRecordDecoder.DEFAULT, MAX_QUESTION),
                        new TcpDnsResponseEncoder(new Wire.Encoder(LENGTH_BYTES)),
                        new Connection());
    }

    private Reply answer(Query query) {
        answered.increment();
        return query.answer(zones.current(), turn++);
    }

    private int seconds() {
        return (int) config.timeToLive().toSeconds();
    }

    private final class Datagrams extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery message) {
            var query = Wire.read(message);
            var reply = answer(query).withinDatagram(query, query.limit());
            var fit = allowed(message.sender().getAddress(), query, reply) ? reply : reply.cut();
            var response =
                    new DatagramDnsResponse(
                            /* sender= */ message.recipient(),
                            /* recipient= */ message.sender(),
                            message.id(),
                            message.opCode());
            Wire.write(response, message, query, fit, seconds());
            ctx.writeAndFlush(response);
        }

        private boolean allowed(InetAddress source, Query query, Reply reply) {
            int question = reply.cut().size(query);
            return allowance.allows(source, question, reply.size(query), System.nanoTime());
        }

        /// Not a question, or none that can be read.
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("datagram ignored reason={}", cause.toString());
        }
    }

    private final class Connection extends SimpleChannelInboundHandler<DnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DnsQuery message) {
            var query = Wire.read(message);
            var response = new DefaultDnsResponse(message.id(), message.opCode());
            var reply = answer(query).withinMessage(query, MAX_MESSAGE);
            Wire.write(response, message, query, reply, seconds());
            ctx.writeAndFlush(response);
        }

        /// Whoever does not read his answers is asked for no more questions.
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
