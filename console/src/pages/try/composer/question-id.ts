/** Of the field for a question: where a person goes on who has begun or ended something else. */
export const QUESTION_ID = 'question';
