package io.ekiden.proxy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;

/// One event loop's connections to backends on which plain requests go, one at a time.
// What a future of Netty says here, the handlers hear as well.
@SuppressWarnings("FutureReturnValueIgnored")
final class PlainBackends {
    private final Bootstrap bootstrap;
    private final IdleConnections<Connection> idle = new IdleConnections<>();

    /// @param bootstrap with the event loop, and all but the handler
    PlainBackends(Bootstrap bootstrap) {
        this.bootstrap =
                bootstrap
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.ALLOCATOR, PlainClient.BUFFERS);
    }

    /// An idle connection, if there is a good one.
    ///
    /// @param repeatable whether the request may be sent again
    Optional<Connection> idle(Backend backend, boolean repeatable) {
        return idle.take(backend, repeatable, System.nanoTime());
    }

    /// Whoever waits for a new connection.
    interface Waiting {
        void connected(Connection connection);

        void unreachable();
    }

    void connect(Backend backend, Waiting waiting) {
        bootstrap
                .clone()
                .handler(new ChannelInboundHandlerAdapter())
                .connect(backend.host(), backend.port())
                .addListener(
                        (ChannelFutureListener)
                                done -> {
                                    if (done.isSuccess()) {
                                        waiting.connected(new Connection(backend, done.channel()));
                                    } else {
                                        waiting.unreachable();
                                    }
                                });
    }

    void sweep(long now) {
        idle.sweep(now);
    }

    /// One connection, which is of one exchange at a time.
    final class Connection extends IdleConnections.Connection {
        private final Channel channel;
        private Optional<PlainExchange> exchange = Optional.empty();
        private boolean answered;
        private boolean failed;

        private Connection(Backend backend, Channel channel) {
            super(backend);
            this.channel = channel;
            channel.pipeline().addLast(new Reader());
        }

        /// From now on it is the exchange's, which is told what it says.
        void use(PlainExchange exchange) {
            this.exchange = Optional.of(exchange);
        }

        void write(ByteBuf bytes) {
            channel.writeAndFlush(bytes);
        }

        boolean isWritable() {
            return channel.isWritable();
        }

        /// Whether what the backend says is to be read on.
        void read(boolean on) {
            channel.config().setAutoRead(on);
        }

        /// The exchange is over and the connection as good as before it. It is used again only when
        /// all that was there to read is read: whatever follows an answer unasked must not be taken
        /// for the next one.
        void giveBack() {
            exchange = Optional.empty();
            answered = true;
            read(true);
        }

        @Override
        boolean isClosed() {
            return !channel.isActive();
        }

        @Override
        void close() {
            exchange = Optional.empty();
            answered = false;
            channel.close();
        }

        private final class Reader extends ChannelInboundHandlerAdapter {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof ByteBuf bytes && exchange.isPresent()) {
                    exchange.get().said(bytes);
                } else {
                    ReferenceCountUtil.release(message);
                    close();
                }
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                if (exchange.isPresent()) {
                    exchange.get().saidForNow();
                } else if (answered) {
                    answered = false;
                    idle.give(Connection.this, System.nanoTime());
                }
            }

            @Override
            public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                exchange.ifPresent(PlainExchange::backendWritable);
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                var open = exchange;
                exchange = Optional.empty();
                open.ifPresent(one -> one.backendGone(!failed));
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failed = true;
                ctx.close();
            }
        }
    }
}
