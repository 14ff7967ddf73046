public final class Project {
  static final int LIMIT = Limit.VALUE;

  public static void main(String[] words) { System.out.println("limit " + LIMIT + " of " + words.length); }
}
