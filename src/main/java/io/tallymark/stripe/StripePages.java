package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import java.util.ArrayList;
import java.util.List;

/** A list of Stripe's, read page by page as it is asked for, the newest entries first. Each page is one call, and more for long objects. */
public final class StripePages<T> {
    private final CommandCalls calls;
    private final PageCall<T> call;
    private String after = "";
    private boolean more = true;

    StripePages(CommandCalls calls, PageCall<T> call) {
        this.calls = calls;
        this.call = call;
    }

    /** Whether there may be another page. */
    public boolean hasMore() {
        return more;
    }

    /**
     * Asks for the next page; at most 100 entries, maybe none.
     *
     * @throws io.tallymark.usage.UserError when Stripe refuses or cannot be reached; asking again asks for the same page
     */
    public List<T> next() {
        return calls.call(this::read);
    }

    /**
     * The rest of the list.
     *
     * @param mostPages bound of the list; a longer one is a {@link LongListException}
     */
    List<T> all(int mostPages) throws StripeException {
        List<T> all = new ArrayList<>();
        for (int page = 0; page < mostPages; page++) {
            all.addAll(read());
            if (!more) {
                return all;
            }
        }
        throw new LongListException(mostPages * AccountReader.PAGE);
    }

    private List<T> read() throws StripeException {
        Page<T> page = call.after(after);
        after = page.lastId();
        more = page.more();
        return page.entries();
    }

    /** @param lastId of its last entry */
    record Page<T>(List<T> entries, String lastId, boolean more) {
        Page {
            entries = List.copyOf(entries);
        }
    }

    /** The page after an entry; the first page after the empty text. */
    @FunctionalInterface
    interface PageCall<T> {
        Page<T> after(String lastId) throws StripeException;
    }
}
