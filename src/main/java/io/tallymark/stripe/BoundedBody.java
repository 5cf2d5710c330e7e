package io.tallymark.stripe;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/** Collects a reply's body and fails the call once it grows past its bound, so that no reply can exhaust the heap. */
final class BoundedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> collector = BodySubscribers.ofByteArray();
    private final long mostBytes;
    private long seenBytes;

    private BoundedBody(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    static BodyHandler<byte[]> atMost(long bytes) {
        return head -> new BoundedBody(bytes);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return collector.getBody();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        collector.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        seenBytes += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
        if (seenBytes > mostBytes) {
            collector.onError(new IOException("reply longer than " + mostBytes + " bytes"));
            return;
        }
        collector.onNext(buffers);
    }

    @Override
    public void onError(Throwable failure) {
        collector.onError(failure);
    }

    @Override
    public void onComplete() {
        collector.onComplete();
    }
}
