package io.ekiden.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;

/// Takes the header of the PROXY protocol off the beginning of a connection, and closes one that
/// begins otherwise: the standard wants nobody to guess.
// What a future of closing says, everybody sees.
@SuppressWarnings("FutureReturnValueIgnored")
abstract class ProxyHeaderReader extends ByteToMessageDecoder {
    private boolean read;

    /// Of what follows nothing has been passed on.
    abstract void read(ChannelHandlerContext ctx, ProxyProtocol.Reading.Header header);

    void closeUnlessRead(ChannelHandlerContext ctx) {
        if (!read) {
            ctx.close();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (read) {
            return;
        }
        switch (ProxyProtocol.read(in)) {
            case ProxyProtocol.Reading.Unfinished _ -> {}
            case ProxyProtocol.Reading.Broken _ -> {
                read = true;
                ctx.close();
            }
            case ProxyProtocol.Reading.Header header -> {
                read = true;
                in.skipBytes(header.length());
                read(ctx, header);
            }
        }
    }

    /// Without a header nothing is to be read on, and what is there is for who comes after this.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (!read) {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == ChannelInputShutdownEvent.INSTANCE && !read) {
            ctx.close();
        }
        super.userEventTriggered(ctx, event);
    }

    /// For Vert.x, which then shows these addresses as those of the connection.
    static final class OfHttp extends ProxyHeaderReader {
        @Override
        void read(ChannelHandlerContext ctx, ProxyProtocol.Reading.Header header) {
            header.from()
                    .map(SocketAddress::inetSocketAddress)
                    .ifPresent(ctx.channel().attr(ConnectionBase.REMOTE_ADDRESS_OVERRIDE)::set);
            header.to()
                    .map(SocketAddress::inetSocketAddress)
                    .ifPresent(ctx.channel().attr(ConnectionBase.LOCAL_ADDRESS_OVERRIDE)::set);
            ctx.pipeline().remove(this);
        }
    }
}
