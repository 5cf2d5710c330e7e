package io.tallymark.dedup;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** The hours of the blocks in state that hold old ids, by number: eight bytes a block. Numbers are added in rising order. */
final class OldBlocks {
    private int[] numbers = new int[4];
    private int[] epochHours = new int[4];
    private int size;

    int size() {
        return size;
    }

    /** The number of one of them, in order. */
    int number(int i) {
        return numbers[i];
    }

    long epochHour(int i) {
        return epochHours[i];
    }

    /** Where a block is among them; negative when it is not. */
    int indexOf(int number) {
        return Arrays.binarySearch(numbers, 0, size, number);
    }

    void add(int number, long epochHour) {
        if (size > 0 && number <= numbers[size - 1]) {
            throw new IllegalStateException("block " + number + " comes after block " + numbers[size - 1]);
        }
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size + size / 2);
            epochHours = Arrays.copyOf(epochHours, size + size / 2);
        }
        numbers[size] = number;
        epochHours[size++] = Math.toIntExact(epochHour);
    }

    /** Removes those of which the index is asked for; returns whether there were any. */
    boolean removeIf(IntPredicate gone) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (!gone.test(i)) {
                numbers[kept] = numbers[i];
                epochHours[kept++] = epochHours[i];
            }
        }
        boolean some = kept < size;
        size = kept;
        return some;
    }
}
